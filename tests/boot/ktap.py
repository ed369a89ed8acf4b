"""ktap.py - reads KTAP, as the kernel's own tests are told (Linux, Documentation/dev-tools/ktap.rst)."""
import re

RESULT = re.compile(r"(ok|not ok) (\d+) (\S+)(?: # (SKIP )?(.*))?")


class Ktap:
    """What lies between a version line and the end of `lines`: plan, results by name, what was skipped and why."""

    def __init__(self, lines):
        begin = lines.index("KTAP version 1")
        plan = re.fullmatch(r"1\.\.(\d+)", lines[begin + 1])
        assert plan, f"no plan behind the version line but {lines[begin + 1]!r}"
        self.plan = int(plan[1])
        self.diagnostics = [line for line in lines[begin + 2:] if line.startswith("# ")]
        found = [match for match in map(RESULT.fullmatch, lines[begin + 2:]) if match]
        assert [int(match[2]) for match in found] == list(range(1, self.plan + 1)), "results do not follow the plan"
        self.passed = {match[3]: match[1] == "ok" for match in found}
        self.skipped = {match[3]: match[5] for match in found if match[4]}
        assert len(self.passed) == self.plan, "two tests of one name"
