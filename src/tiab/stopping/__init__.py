"""What may still be missing when screening stops, and what it costs to know: pure functions of what was screened.

The exact test and the bounds on what is missing stand on one assumption, which `ASSUMPTION` puts in words, and on an
order of reading: decisions whose place in it is not known are evidence of nothing (`since`). Samples stand on being
drawn by lot; rules of thumb stand on nothing (`NO_GUARANTEE`).
"""

from tiab.stopping.missing_bounds import MissingBounds, bound_missing, missing_at_most
from tiab.stopping.planning import Plan, PlanRow, plan
from tiab.stopping.rules import (
    NO_GUARANTEE,
    Rule,
    control_set,
    elusion_sample,
    exact_test,
    fraction_read,
    in_a_row,
    knee,
    read_everything,
    safe,
    standard_rules,
)
from tiab.stopping.samples import (
    control_set_size,
    elusion_missing_at_most,
    elusion_size,
    rate_upper_bound,
    relevant_in_pool,
    sample_size,
)
from tiab.stopping.significance import ASSUMPTION, ASSUMPTION_IN_SHORT, Method, is_rejected, p_missed, stop_at
from tiab.stopping.trials import RuleOutcome, simulate_orderings, try_rules

__all__ = [
    "ASSUMPTION",
    "ASSUMPTION_IN_SHORT",
    "NO_GUARANTEE",
    "Method",
    "MissingBounds",
    "Plan",
    "PlanRow",
    "Rule",
    "RuleOutcome",
    "bound_missing",
    "control_set",
    "control_set_size",
    "elusion_missing_at_most",
    "elusion_sample",
    "elusion_size",
    "exact_test",
    "fraction_read",
    "in_a_row",
    "is_rejected",
    "knee",
    "missing_at_most",
    "p_missed",
    "plan",
    "rate_upper_bound",
    "read_everything",
    "relevant_in_pool",
    "safe",
    "sample_size",
    "simulate_orderings",
    "standard_rules",
    "stop_at",
    "try_rules",
]
