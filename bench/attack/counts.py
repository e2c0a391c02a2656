"""What a part of the attack comes to."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Counts:
    """How many checks were made of a part, and which of them found a hole."""

    part: str
    checks: int = 0
    holes: list[str] = field(default_factory=list)

    def check(self, is_safe: bool, what: str) -> None:
        """Count one check; `what` names it, should it be a hole."""
        self.checks += 1
        if not is_safe:
            self.holes.append(what)

    @property
    def text(self) -> str:
        """One line, and one for each hole."""
        return "\n".join([f"{self.part}: {self.checks} checks, {len(self.holes)} holes", *self.holes])
