// A link to a sentence (…#s0007) survives the sign-in: servers never see that part of an address.
const wanted = document.querySelector("input[name=next]");
if (wanted && /^#[\w=.:,~%-]+$/.test(location.hash)) wanted.value += location.hash;
