"""The mutants: what each stands for, where it sits, and the tests that must see it.

The tests named are the cheapest that see the fault, not the only ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["MUTANTS", "Change", "Mutant"]


@dataclass(frozen=True)
class Change:
    """A text that is replaced wherever it stands in a file of the package, which must be `times`."""

    file: str
    old: str
    new: str
    times: int = 1


@dataclass(frozen=True)
class Mutant:
    """One deliberate fault.

    Parameters
    ----------
    name : str
    fault : str
        What it stands for, in words.
    changes : tuple of Change
    killers : tuple of str
        Tests, run in this order until the first fails; at least one must.
    """

    name: str
    fault: str
    changes: tuple[Change, ...]
    killers: tuple[str, ...]


ROWS = "inference/rows.py"
EQUATION, STRUCTURE = "dynamics/equation.py", "dynamics/structure.py"
ALIGNMENT, PARAMETERS, BUILD = (
    "inference/alignment.py",
    "inference/parameters.py",
    "inference/build.py",
)
MEASUREMENT, DRAWS = "inference/measurement.py", "inference/posterior.py"
FUTURES, CONDITIONS, OBSERVATION = (
    "simulation/futures.py",
    "simulation/conditions.py",
    "simulation/observation.py",
)
NETWORK, WORLDS, PARTS = "elements/network.py", "simulation/worlds.py", "simulation/parts.py"
STORAGE = "inference/storage.py"
RESULTS, LAWS, SETTINGS = "queries/results.py", "simulation/laws.py", "simulation/settings.py"

BY_ORACLE: Final = ("tests/dynamics/test_kernel.py::test_forward_and_adjoint_match_the_oracle",)
BY_ROWS: Final = ("tests/inference/test_alignment.py::test_rows_and_their_months",)
BY_SECRECY: Final = ("tests/inference/test_alignment.py::test_nothing_unpublished_shows",)
BY_SIMULATOR: Final = ("tests/inference/test_draws.py::test_levels_and_likelihood_of_draws",)
BY_GRAPH: Final = (
    "tests/inference/test_density.py::test_graph_is_the_model_of_the_file[small-early]",
)
BY_WORLDS: Final = ("tests/queries/test_interventions.py::test_paths_match_independent_simulation",)
BY_FIGURES: Final = ("tests/simulation/test_conditions.py::test_published_figures_stand",)
BY_LOOPS: Final = ("tests/simulation/test_conditions.py::test_clauses_hold_where_a_loop_says",)

MUTANTS: Final = (
    # The structural equation. The first two change forward and backward sweep alike: finite differences see nothing.
    Mutant(
        "innovation-scale",
        "The innovation is scaled by sqrt(1 - phi) rather than sqrt(1 - phi^2), in the gradient too.",
        (
            Change(EQUATION, "np.sqrt(1.0 - phi * phi)", "np.sqrt(1.0 - phi)", times=2),
            Change(EQUATION, "own_scale * phi / root", "own_scale * 0.5 / root"),
        ),
        BY_ORACLE,
    ),
    Mutant(
        "innovation-unscaled",
        "The innovation enters at its own scale, whatever the half-life, in the gradient too.",
        (
            Change(EQUATION, "np.sqrt(1.0 - phi * phi)", "1.0 + 0.0 * phi", times=2),
            Change(EQUATION, "own_scale * phi / root", "own_scale * 0.0"),
        ),
        BY_ORACLE,
    ),
    Mutant(
        "lag-dropped",
        "Every cause acts in its own month, in the gradient too.",
        (Change(EQUATION, "s = t - edge_lag[e] if t > edge_lag[e] else 0", "s = t", times=2),),
        BY_ORACLE,
    ),
    Mutant(
        "clamp-pulled-by-parents",
        "A clamped cell still answers to its causes.",
        (
            Change(
                EQUATION, "level[t, j, k] = given[t, j, k]\n",
                "level[t, j, k] = given[t, j, k]\n"
                "                    for e in range(edge_start[j], edge_start[j + 1]):\n"
                "                        level[t, j, k] += inputs.weight[e] * level[max(t - edge_lag[e], 0), edge_parent[e], k]\n",
            ),
        ),
        BY_ORACLE,
    ),
    Mutant(
        "clamp-leaks-gradient",
        "The gradient flows through a clamped cell back to its causes.",
        (Change(EQUATION, "if clamped[t, j]:\n                continue", "if False:\n                continue"),),
        BY_ORACLE,
    ),
    Mutant(
        "parents-swapped",
        "Parents stand in the order of the sweep, their weights and lags in that of the alphabet.",
        (
            Change(
                STRUCTURE,
                "[place[parent] for parent, _, _ in ordered]",
                "[j for _, j in sorted((place[child], place[parent]) for parent, child, _ in ordered)]",
            ),
        ),
        ("tests/dynamics/test_structure.py", *BY_SIMULATOR),
    ),
    Mutant(
        "scale-of-another-equation",
        "Own scales are solved for innovations scaled by sqrt(1 - phi).",
        (Change("dynamics/scale.py", "np.sqrt(1 - phi**2)", "np.sqrt(1 - phi)", times=2),),
        ("tests/dynamics/test_kernel.py::test_scale_matches_lyapunov",),
    ),
    # Evidence, policies and events in time.
    Mutant(
        "month-off-by-one",
        "Evidence speaks of the month before its own.",
        (Change(ALIGNMENT, "(number, frame.window.index(month), share / total)", "(number, frame.window.index(month) - 1, share / total)"),),
        BY_ROWS,
    ),
    Mutant(
        "span-summed",
        "A level observed over a span is the sum of its months rather than their average.",
        (Change(ALIGNMENT, 'total = 1.0 if family.totals else sum(share for _, share in months)', "total = 1.0"),),
        BY_ROWS,
    ),
    Mutant(
        "published-ignored",
        "Evidence is seen before it is published.",
        (Change("model/evidence.py", "known = [row for row in rows if row.seen_at(as_of)]", "known = list(rows)"),),
        BY_SECRECY,
    ),
    Mutant(
        "figure-foreseen",
        "A condition knows a figure before it is published.",
        (Change(ALIGNMENT, "    counting = visible(rows, as_of)\n    looks", "    counting = list(rows)\n    looks"),),
        BY_FIGURES,
    ),
    Mutant(
        "policy-foreseen",
        "A policy is followed before it is announced.",
        (Change(ALIGNMENT, "if stretch.known <= as_of:", "if True:"),),
        BY_SECRECY,
    ),
    Mutant(
        "event-foreseen",
        "An event acts in months an as_of does not know of.",
        (Change(ALIGNMENT, "event.known <= as_of and event.active(month)", "event.active(month)"),),
        BY_SECRECY,
    ),
    Mutant(
        "unseen-rows-weigh",
        "Rows not yet published enter the likelihood with their placeholders.",
        (Change(BUILD, "pt.switch(seen > 0, density, 0.0)", "density"),),
        ("tests/inference/test_build.py",),
    ),
    Mutant(
        "event-too-long",
        "An event acts one month beyond its last.",
        (Change(NETWORK, "month <= (self.to or self.from_)", "month <= (self.to or self.from_) + 1"),),
        ("tests/inference/test_alignment.py::test_months_an_event_acts_in",),
    ),
    Mutant(
        "grade-ignored",
        "A single source counts as much as a primary one.",
        (Change(ALIGNMENT, "GRADE_FACTOR[row.grade] * _shrunk", "_shrunk"),),
        BY_ROWS,
    ),
    Mutant(
        "error-ignored",
        "A stated standard error or range does not widen the row's error.",
        (Change(ALIGNMENT, "family.stated_error(row.value, row.se) if visible", "0.0 if visible"),),
        BY_ROWS,
    ),
    # Priors and measurement.
    Mutant(
        "polarity-dropped",
        "Every indicator rises with its factor.",
        (Change(PARAMETERS, "[float(item.polarity) for _, item in self.indicators]", "[1.0 for _ in self.indicators]"),),
        BY_SIMULATOR,
    ),
    Mutant(
        "polarity-dropped-in-fit",
        "Every indicator rises with its factor, in the sampled graph alone.",
        (Change(BUILD, 'slope = pt.constant(frame.polarity) * rv["loading"]', 'slope = rv["loading"]'),),
        BY_GRAPH,
    ),
    Mutant(
        "half-life-as-time-constant",
        "A factor keeps exp(-1 / h) of its level over a month rather than 2^(-1 / h).",
        (
            Change(BUILD, 'pt.exp2(-1.0 / rv["half_life"])', 'pt.exp(-1.0 / rv["half_life"])'),
            Change("inference/path_inputs.py", '2.0 ** (-1.0 / draws["half_life"])', 'np.exp(-1.0 / draws["half_life"])'),
        ),
        BY_SIMULATOR,
    ),
    Mutant(
        "start-not-stationary",
        "Start levels are drawn apart from each other.",
        (
            Change(
                PARAMETERS, "np.linalg.cholesky(covariance + 1e-12 * np.eye(len(inferred)))",
                "np.sqrt(np.diag(np.diag(covariance)))",
            ),
        ),
        ("tests/inference/test_parameters.py::test_starts_are_stationary",),
    ),
    Mutant(
        "jumps-too-wide",
        "Student-t innovations keep their own variance, 2.",
        (Change("inference/priors.py", "math.sqrt((_NU - 2) / _NU)", "1.0"),),
        ("tests/inference/test_parameters.py::test_jumps_have_unit_variance",),
    ),
    Mutant(
        "counts-of-a-span-too-noisy",
        "A count over many months is as noisy, relatively, as one of a single month.",
        (Change(MEASUREMENT, "error * np.sqrt(square) / mean", "error"),),
        BY_SIMULATOR,
    ),
    # Questions.
    Mutant(
        "past-noise-redrawn",
        "A counterfactual forgets each draw's own innovations and draws new ones.",
        (
            Change(
                FUTURES, "                    clamped=self.clamped[: self.before],\n",
                "                    clamped=self.clamped[: self.before],\n"
                "                    innovation=np.random.default_rng(1).standard_normal(inputs.innovation.shape),\n",
            ),
        ),
        BY_WORLDS,
    ),
    Mutant(
        "futures-not-paired",
        "Another world runs on other random numbers than the baseline.",
        (
            Change(
                FUTURES, "            self.posterior,\n            part,\n",
                "            self.posterior,\n            replace(part, innovation=part.innovation[..., ::-1].copy()),\n",
            ),
        ),
        BY_WORLDS,
    ),
    Mutant(
        "noise-of-a-published-value-redrawn",
        "The noise of a published value is drawn anew where its factor's level was another.",
        (Change(PARTS, "if published is not None:\n            # The noise", "if False:\n            # The noise"),),
        ("tests/queries/test_interventions.py::test_a_published_figure_keeps_its_luck",),
    ),
    Mutant(
        "undecided-taken-for-decided",
        "Indicators are computed in the futures that the levels have decided, and not in the others.",
        (Change(CONDITIONS, "undecided |= holds(tree, results, True, shape) & ~holds(", "undecided |= holds(tree, results, True, shape) ^ ~holds("),),
        ("tests/simulation/test_conditions.py::test_indicators_left_out_of_decided_futures_change_nothing",),
    ),
    Mutant(
        "do-misses-its-last-month",
        "A factor is set one month too short.",
        (Change(WORLDS, "cells = slice(first, last + 1), factor", "cells = slice(first, last), factor"),),
        ("tests/queries/test_interventions.py::test_a_setting_holds_from_first_to_last_month",),
    ),
    Mutant(
        "any-for-all",
        "All conditions hold where any one does.",
        (Change(CONDITIONS, "np.logical_and.reduce(list(", "np.logical_or.reduce(list("),),
        ("tests/simulation/test_conditions.py::test_trees_and_the_conjunction",),
    ),
    Mutant(
        "condition-a-month-short",
        "A condition on the last k months looks at k - 1 of them.",
        (Change("model/clauses.py", "len(window) - (clause.last or 1), ", "len(window) - max((clause.last or 1) - 1, 1), "),),
        BY_LOOPS,
    ),
    Mutant(
        "at-least-for-at-most",
        "A level by name is compared with the wrong one of its two edges.",
        (Change("model/clauses.py", "cuts[place] if clause.is_lower", "cuts[place] if clause.at_most is not None"),),
        BY_LOOPS,
    ),
    Mutant(
        "observation-weighs-nothing",
        "Supposing that an indicator takes a value changes nothing.",
        (Change(OBSERVATION, "total += _of_rows(frame, block, futures)", "total += 0.0 * _of_rows(frame, block, futures)"),),
        ("tests/queries/test_interventions.py::test_the_graph_is_cut_before_it_is_conditioned",),
    ),
    # What is printed.
    Mutant(
        "interval-of-the-mean",
        "The interval of a difference is that of its mean: the Monte Carlo error, and not the spread between draws.",
        (Change(RESULTS, "min(low, difference - width), max(high, difference + width)", "difference - width, difference + width"),),
        ("tests/queries/test_differences.py::test_intervals_hold_the_true_differences[large]",),
    ),
    Mutant(
        "spread-claimed-where-none-is-seen",
        "A difference that no draw shows twice is given an interval.",
        (Change(LAWS, "coincidences(events) >= _TWICE)", "coincidences(events) >= 0)"),),
        ("tests/queries/test_differences.py::test_a_difference_that_hardly_happens_is_not_resolved",),
    ),
    Mutant(
        "impossible-where-unseen",
        "What none of the futures shows is said to be impossible.",
        (Change(RESULTS, "betaincinv(events + 1, count - events, 1 - tail) if events < count else 1.0", "probability"),
         Change(RESULTS, "inside = (share * count + 1) / (count + 2)", "inside = share")),
        ("tests/queries/test_differences.py::test_what_no_future_shows_is_not_impossible[4]",),
    ),
    Mutant(
        "bounds-to-the-last-bit",
        "A bound is missed by a mean that differs from it in its last bits.",
        # Not at the constant: machine code that is kept for a file that did not change holds its value.
        (
            Change("model/clauses.py", "larger + ROUNDING * ", "larger + 0.0 * "),
            Change("model/many_futures.py", "larger + ROUNDING * ", "larger + 0.0 * "),
        ),
        ("tests/simulation/test_conditions.py::test_a_bound_that_is_met_is_met_but_for_rounding[3-0.7-mean]",),
    ),
    Mutant(
        "span-forgotten",
        "The published total of several months does not settle a clause on them.",
        (Change("simulation/published_rows.py", "if first <= a and b < first + value.shape[1]", "if False"),),
        ("tests/simulation/test_conditions.py::test_a_row_over_several_months_settles_their_total_and_mean",),
    ),
    Mutant(
        "span-foreseen",
        "The total of several months is known before it is published.",
        (Change(ALIGNMENT, "        visible(rows, as_of),\n        key", "        rows,\n        key"),),
        ("tests/inference/test_alignment.py::test_spans_are_known_once_published",),
    ),
    Mutant(
        "edge-scaled-late",
        "An edge is scaled from the second month of its span on.",
        (Change(WORLDS, "self.edge_scale[span.first : span.last + 1, span.edge] = span.by_month()", "self.edge_scale[span.first + 1 : span.last + 1, span.edge] = span.by_month()[1:]"),),
        ("tests/simulation/test_scaled_edges.py::test_paths_match_an_independent_recursion",),
    ),
    Mutant(
        "edge-scaled-at-its-cause",
        "The scale of an edge is that of the month of its cause, not of the month in which its effect arrives.",
        (
            Change(EQUATION, "effect = effect * edge_scale[t, e]\n                for k", "effect = effect * edge_scale[s, e]\n                for k"),
            Change(EQUATION, "inflow * edge_scale[t, e], effect * edge_scale[t, e]", "inflow * edge_scale[s, e], effect * edge_scale[s, e]"),
        ),
        ("tests/simulation/test_scaled_edges.py::test_a_scale_is_that_of_the_month_of_arrival",),
    ),
    Mutant(
        "edge-scale-without-gradient",
        "The gradient of the levels runs along scaled edges as if they were not scaled.",
        (Change(EQUATION, "inflow * edge_scale[t, e], effect * edge_scale[t, e]", "inflow, effect * edge_scale[t, e]"),),
        ("tests/dynamics/test_kernel.py::test_forward_and_adjoint_match_the_oracle",),
    ),
    Mutant(
        "edge-ramp-at-once",
        "A scale that moves over months is there at once.",
        (Change(WORLDS, "share = _arrived(self.last - self.first + 1, self.ramp)", "share = _arrived(self.last - self.first + 1, 1)"),),
        ("tests/simulation/test_scaled_edges.py::test_paths_match_an_independent_recursion",),
    ),
    Mutant(
        "shift-before-edges",
        "A lone shift starts from the baseline, though edges are scaled.",
        (Change(WORLDS, "return not (self.clamped.any() or self.push.any() or self.scales)", "return not (self.clamped.any() or self.push.any())"),),
        ("tests/simulation/test_scaled_edges.py::test_a_shift_starts_where_scaled_edges_lead",),
    ),
    Mutant(
        "scaled-edge-unreached",
        "What a scaled edge leads to counts as unmoved.",
        (Change(WORLDS, "changed[1:, j] |= ", "changed[1:, j] |= False & "),),
        ("tests/simulation/test_scaled_edges.py::test_what_a_scaled_edge_does_not_reach_is_unmoved",),
    ),
    Mutant(
        "shift-from-the-baseline",
        "A child is shifted from where it is in the baseline, whatever its parent is set to.",
        (Change(FUTURES, "alone = number == 0 and self.world.sets_nothing", "alone = True"),),
        ("tests/queries/test_interventions.py::test_a_lone_shift_is_exact_and_a_child_below_a_set_parent_adds",),
    ),
    Mutant(
        "effects-shifted-before-causes",
        "Shifts are made in the reverse of the causal order.",
        (Change(FUTURES, "key=lambda span: (rank[span.factor], span.first)", "key=lambda span: (-rank[span.factor], span.first)"),),
        BY_WORLDS,
    ),
    Mutant(
        "contradicted-name-unsaid",
        "A level that is set against its name goes without a word.",
        (Change("simulation/settings.py", "(self.place > middle) - (self.place < middle)", "0"),),
        ("tests/queries/test_interventions.py::test_a_level_against_its_name_says_so",),
    ),
    Mutant(
        "names-read-twice",
        "Names that come one by one are read by whoever comes first.",
        (Change("queries/graph.py", 'given = names_of(given, "given")', "given = given"),),
        ("tests/queries/test_graph.py::test_names_may_come_one_by_one_and_never_as_letters",),
    ),
    Mutant(
        "lambdas-share-results",
        "A sweep keeps results under a name that two functions share.",
        (Change("tasks.py", "if not plain:", "if False:"),),
        ("tests/test_tasks.py::test_what_shares_its_name_is_not_kept[lambda]",),
    ),
    Mutant(
        "title-on-words",
        "On an axis that is given, a title lies on the words of probabilities.",
        (Change("plots/style.py", 'max((text.count("\\n") + 1 for text in above), default=0)', "0"),),
        ("tests/plots/test_answer_plots.py::test_the_title_on_a_given_axis_leaves_the_words_free",),
    ),
    Mutant(
        "few-values-always-trusted",
        "Weights of a few values are trusted however far the largest is above the others.",
        (Change("simulation/observation.py", "_BOUNDED: Final = 10.0", "_BOUNDED: Final = 1e9"),),
        ("tests/simulation/test_tilting.py::test_weights_of_a_few_values_are_judged_by_their_largest",),
    ),
    Mutant(
        "released-at-once",
        "An indicator is seen in months whose figures are not published yet.",
        (Change("queries/watch_list.py", "range(span - 1, months - delay, span)", "range(span - 1, months, span)"),),
        ("tests/queries/test_watch_list.py::test_release_dates_count",),
    ),
    Mutant(
        "digits-lost",
        "The density of a count with hardly any error is a difference of large numbers.",
        (Change("families/count.py", "xp.where(size > _STIRLING, series, direct)",
                "xp.gammaln(size + count) - xp.gammaln(size) - count * xp.log(size)"),),
        ("tests/families/test_families.py::test_counts_with_hardly_any_error_keep_their_digits[7-9.5-1e-08]",),
    ),
    Mutant(
        "noise-explained",
        "Shares of an interval are of a variance that the Monte Carlo noise of few futures inflates.",
        (Change("queries/explain_interval.py", "variance = float(p.var()) - noise", "variance = float(p.var()) + 0 * noise"),),
        ("tests/queries/test_explain_interval.py::test_shares_sum_to_the_variance[calm]",),
    ),
    Mutant(
        "slips-unseen",
        "A row a thousand times off passes for what the prior expects.",
        (Change("queries/review_rows.py", "if distance <= _FAR:", "if distance <= 1e9:"),),
        ("tests/queries/test_review.py::test_slips_are_named[in thousands]",),
    ),
    Mutant(
        "failed-fits-silent",
        "A fit that failed its checks answers as if it had passed them.",
        (Change("inference/checks.py", "if item.passed is False)", "if item.passed is None and False)"),),
        ("tests/reports/test_evidence.py::test_a_failed_fit_says_so_everywhere",),
    ),
    Mutant(
        "seals-unread",
        "A file is believed whether or not it is what was written.",
        (Change("seals.py", "if hashlib.sha256(content).hexdigest() != seal[1].decode():", "if False:"),),
        ("tests/test_files.py::test_seals",),
    ),
    Mutant(
        "reading-without-end",
        "A file of any size is read.",
        (Change("files.py", "if status.st_size > most:", "if False:"),),
        ("tests/test_files.py::test_reading_is_bounded",),
    ),
    Mutant(
        "devices-read",
        "A pipe or a device is read like a file.",
        (Change("files.py", "if not stat.S_ISREG(status.st_mode):\n        os.close", "if stat.S_ISDIR(status.st_mode):\n        os.close"),),
        ("tests/test_files.py::test_neither_pipes_nor_devices_are_read_or_replaced",),
    ),
    Mutant(
        "devices-replaced",
        "A pipe is replaced by a file.",
        (Change("files.py", "if not stat.S_ISREG(status.st_mode):\n        raise", "if False:\n        raise"),),
        ("tests/test_files.py::test_neither_pipes_nor_devices_are_read_or_replaced",),
    ),
    Mutant(
        "written-in-place",
        "A file is written where it stands: what was there is lost before the new is whole.",
        (Change("files.py", 'beside = target.parent / f".{secrets.token_hex(8)}.tmp"', "beside = target"),
         Change("files.py", "os.O_EXCL", "os.O_TRUNC"),),
        ("tests/test_files.py::test_what_cannot_be_written_leaves_what_was_there",),
    ),
    Mutant(
        "left-behind",
        "What could not be written whole is left beside its place.",
        (Change("files.py", "beside.unlink(missing_ok=True)", "pass"),),
        ("tests/test_files.py::test_what_cannot_be_written_leaves_what_was_there",),
    ),
    Mutant(
        "permissions-dropped",
        "A private file is replaced by one that everybody may read.",
        (Change("files.py", "if mode is not None:", "if False:"),),
        ("tests/test_files.py::test_links_are_followed_and_permissions_kept",),
    ),
    Mutant(
        "links-replaced",
        "A symbolic link is replaced by a file.",
        (Change("files.py", "target = Path(os.path.realpath(path))", "target = path"),),
        ("tests/test_files.py::test_links_are_followed_and_permissions_kept",),
    ),
    Mutant(
        "home-is-a-name",
        "The home folder is taken for a folder of that name.",
        (Change("files.py", "return Path(text).expanduser()", "return Path(text)"),),
        ("tests/test_files.py::test_paths",),
    ),
    Mutant(
        "links-followed-out",
        "An array that lies in another file is read with the posterior.",
        (Change(STORAGE, "if not isinstance(group.get(name, getlink=True), h5py.HardLink):", "if name not in group:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[external link]",),
    ),
    Mutant(
        "storage-followed-out",
        "An array whose numbers lie in any file of the reader's is read with the posterior.",
        (Change(STORAGE, "if stored.is_virtual or plan.get_external_count():", "if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[external storage]",),
    ),
    Mutant(
        "kept-fit-of-any-model",
        "A kept fit of another model is taken for one of the model that is asked for.",
        (
            Change(
                STORAGE,
                "if model is None or (model.model_text, model.evidence_text) != texts:",
                "if model is None:",
            ),
        ),
        ("tests/inference/test_cache.py::test_a_fit_is_believed_in_its_own_place_alone",),
    ),
    Mutant(
        "more-than-asked",
        "A posterior may hold what no fit has.",
        (Change(STORAGE, "    if more:", "    if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[more arrays]",),
    ),
    # The compiled density.
    Mutant(
        "row-read-twice",
        "The first evidence row counts twice.",
        (Change(ROWS, "        total += log_density\n", "        total += log_density * (2.0 if r == 0 else 1.0)\n"),),
        ("tests/inference/test_compiled_density.py::test_its_numpy_form_is_the_density_of_the_graph",),
    ),
    Mutant(
        "stale-header",
        "A packed model of another layout is read.",
        (Change("inference/packing.py", "len(words) < HEADER or words[0] != LAYOUT:", "len(words) < HEADER:"),),
        ("tests/inference/test_compiled_density.py::test_a_wrong_header_is_an_error_and_no_crash",),
    ),
    Mutant(
        "positions-unchecked",
        "Positions in a packed model are not compared with what there is.",
        (Change("inference/packing.py", "or (values >= count).any()", "or False"),),
        ("tests/inference/test_compiled_density.py::test_positions_that_do_not_exist_are_refused",),
    ),
    Mutant(
        "derivative-missing",
        "The compiled density of shares has no derivative by the mean.",
        (Change("families/share.py", "fall / error * rate, d_error", "0.0, d_error"),),
        ("tests/families/test_compiled.py::test_density_and_derivatives[share]",),
    ),
    Mutant(
        "data-of-another-file",
        "A model samples the data of the first of its shape.",
        (Change("inference/operation.py", "_by_graph(pm_model, shapes).with_data(words=words)", "_by_graph(pm_model, shapes)"),),
        ("tests/inference/test_compiled_density.py::test_nutpie_is_given_the_same_by_either_way",),
    ),
    Mutant(
        "density-unchecked",
        "A fit does not compare the compiled density with its parts.",
        (Change("inference/operation.py", "    check_density(model, frame, as_of, words)\n", ""),),
        ("tests/inference/test_compiled_density.py::test_every_fit_compares_the_density",),
    ),
    Mutant(
        "any-nutpie",
        "Nutpie's class is filled in whatever its fields are.",
        (Change("inference/direct.py", "dataclasses.fields(CompiledPyMCModel)} != _FIELDS:", "dataclasses.fields(CompiledPyMCModel)} == set():"),),
        ("tests/inference/test_compiled_density.py::test_another_nutpie_is_used_by_its_public_functions",),
    ),
    Mutant(
        "draws-of-another-date",
        "Draws of PyMC are taken for those of any date whose shapes they have.",
        (Change("inference/from_pymc.py", "if name in held and not np.array_equal", "if False and not np.array_equal"),),
        ("tests/inference/test_build.py::test_draws_of_another_date_are_noticed",),
    ),
    Mutant(
        "anchors-for-references",
        "Anchors are stored as references.",
        (Change("inference/gathering.py", 'if anchored and group == "posterior"', 'if False and group == "posterior"'),),
        ("tests/inference/test_compiled_density.py::test_references_follow_from_anchors",),
    ),
    Mutant(
        "any-shape",
        "An array of another type is read as if it were the one that the model calls for.",
        (Change(STORAGE, " or stored.dtype != dtype:", ":"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[type]",),
    ),
    Mutant(
        "any-dimension",
        "An array is read whatever its dimensions are called.",
        (Change(STORAGE, "if dims != slot.dims:", "if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[dims]",),
    ),
    Mutant(
        "any-filter",
        "An array may be stored in pieces and packed.",
        (Change(STORAGE, "if stored.size and (stored.chunks is not None or plan.get_nfilters()):", "if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[unpacking]",),
    ),
    Mutant(
        "negative-half-lives",
        "Negative half-lives are opened, and answered with.",
        (Change(STORAGE, 'if not (arrays["posterior"][name] > 0).all():', "if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[below nought]",),
    ),
    Mutant(
        "values-without-end",
        "A model file may hold any number of values.",
        (Change("model/document.py", "if self.count > _MOST_VALUES:", "if False:"),),
        ("tests/model/test_file.py::test_more_than_was_ever_tried_is_refused",),
    ),
    Mutant(
        "rows-without-end",
        "An evidence file may hold any number of rows.",
        (Change("model/evidence_file.py", "if len(rows) > MOST_ROWS:", "if False:"),),
        ("tests/model/test_file.py::test_more_than_was_ever_tried_is_refused",),
    ),
    Mutant(
        "any-format",
        "A file of a format that is not known is read as if it were this one.",
        (Change(STORAGE, 'if manifest["format"] != FORMAT:', "if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[format]",),
    ),
    Mutant(
        "evidence-of-another",
        "A posterior is opened with evidence that it was not fitted to.",
        (Change(STORAGE, "if not np.array_equal(arrays[group][name].astype(values.dtype), values):", "if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[evidence]",),
    ),
    Mutant(
        "nan-believed",
        "Draws that are no numbers are opened where the diagnostics say that they are.",
        (Change(STORAGE, 'if finite != settings["diagnostics"]["finite"]:', "if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[nan]",),
    ),
    Mutant(
        "divergences-forged",
        "The divergences that a file claims are believed.",
        (Change(STORAGE, 'if int(arrays["sample_stats"]["diverging"].sum()) != settings["diagnostics"]["divergences"]:', "if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[divergences]",),
    ),
    Mutant(
        "diagnostics-missing",
        "A posterior is opened without an account of its draws.",
        (Change(STORAGE, 'if not _are_diagnostics(settings["diagnostics"]):', "if False:"),),
        ("tests/inference/test_storage.py::test_what_a_fit_of_its_model_would_not_hold_is_refused[diagnostics]",),
    ),
    Mutant(
        "memory-unasked",
        "A fit begins whose draws do not fit into memory.",
        (Change("inference/tree.py", "if 2 * wanted > available:", "if False:"),),
        ("tests/test_arguments.py::test_memory_is_asked_for_before_work_begins",),
    ),
    Mutant(
        "answers-believed",
        "A kept answer is believed whatever it says.",
        (Change("inference/cache.py", "stored = json.loads(read_sealed(place, most=_LARGEST_ANSWER))",
                "stored = json.loads(place.read_bytes().split(b'\\nwithdrawal')[0]) if place.is_file() else None"),),
        ("tests/inference/test_cache.py::test_a_kept_answer_is_not_believed_whatever_it_says",),
    ),
    Mutant(
        "fits-believed",
        "A fit that lies in the place of another is believed.",
        (Change("inference/cache.py", "if not asked or any(stored.settings.get(name) != value for name, value in settings.items()):", "if False:"),),
        ("tests/inference/test_cache.py::test_a_fit_is_believed_in_its_own_place_alone",),
    ),
    Mutant(
        "nothing-goes",
        "What was not used for months is kept for ever.",
        (Change("inference/cache.py", "if now - entry.used > MOST_DAYS * 86_400 or", "if"),),
        ("tests/inference/test_cache.py::test_old_ones_go_by_themselves",),
    ),
    Mutant(
        "unkept-unanswered",
        "An answer that cannot be kept is thrown away.",
        (Change("inference/cache.py", "        _not_stored(error)\n    return fresh", "        raise\n    return fresh"),),
        ("tests/inference/test_cache.py::test_what_cannot_be_kept_is_answered",),
    ),
    Mutant(
        "kept-in-order",
        "Results of a sweep are kept in the order of its tasks, and those behind a slow one not at all.",
        (Change("tasks.py", 'elif hasattr(pool, "submit"):', "elif False:"),),
        ("tests/test_tasks.py::test_a_killed_sweep_keeps_what_others_finished_while_its_first_task_ran",),
    ),
    Mutant(
        "lost-with-the-first-fault",
        "A task that fails takes the others with it.",
        (Change("tasks.py", "            faults[name] = fault\n            continue", "            faults[name] = fault\n            break"),),
        ("tests/test_tasks.py::test_a_fault_is_named_once_the_others_are_kept[alone]",),
    ),
    Mutant(
        "unseen-characters",
        "A character that turns the direction of writing passes.",
        (Change("characters.py", '"\\u202a-\\u202e\\u2066-\\u2069"', '""'),),
        ("tests/test_characters.py::test_forbidden_characters_are_named_and_written_out[\\u202e]",),
    ),
    Mutant(
        "unseen-escapes",
        "A character that nobody sees passes where it is written as an escape.",
        (Change("model/document.py", "if (unseen := forbidden(event.value)) is not None:", "if (unseen := None) is not None:"),),
        ("tests/model/test_file.py::test_one_slip_is_one_fault_in_plain_words[escaped]",),
    ),
    Mutant(
        "unseen-in-tables",
        "A character that nobody sees passes in a table.",
        (Change("model/evidence_file.py", "if (fault := unseen_character(text, reader.file)) is not None:", "if (fault := None) is not None:"),),
        ("tests/model/test_file.py::test_a_table_that_is_not_read_is_refused_once[direction]",),
    ),
    Mutant(
        "terminals-obey",
        "A message carries to the terminal what the terminal obeys.",
        (Change("errors.py", "text = printable(message)", "text = message"),),
        ("tests/test_characters.py::test_messages_show_what_terminals_obey",),
    ),
    Mutant(
        "all-faults-shown",
        "A megabyte of faults is printed in full.",
        (Change("errors.py", "            :MOST_PROBLEMS\n", "            :\n"),),
        ("tests/test_characters.py::test_of_many_faults_fifty_are_shown_and_of_like_ones_three",),
    ),
    Mutant(
        "links-out-of-the-folder",
        "Evidence that is a link to any file of the reader's is read, and quoted.",
        (Change("model/file.py", "or place.resolve().parent != file.parent.resolve()", "or False"),),
        ("tests/model/test_file.py::test_nothing_outside_the_folder_is_read",),
    ),
    Mutant(
        "paths-are-ids",
        "A path that reads like the id of a shipped model stands for that.",
        (Change("model/library.py", "if isinstance(name, str) and name in shipped:", "if str(name) in shipped:"),),
        ("tests/model/test_file.py::test_a_path_is_no_id",),
    ),
    Mutant(
        "no-limits",
        "A network of any size is begun.",
        (Change("model/validation/limits.py", "if count > most:", "if False:"),),
        ("tests/model/test_file.py::test_a_megabyte_of_faults_is_short",),
    ),
    Mutant(
        "slips-of-units",
        "A policy may be half a million levels from its reference.",
        (Change("model/validation/dates.py", "if abs(policy.level(stretch.value)) > FARTHEST_POLICY:", "if False:"),),
        ("tests/model/test_file.py::test_one_slip_is_one_fault_in_plain_words[far policy]",),
    ),
    Mutant(
        "no-gate",
        "A file whose prior gives no numbers passes.",
        (Change("queries/review.py", "for path, message in _not_numbers(model, prior)\n", "for path, message in ()\n"),),
        ("tests/queries/test_review.py::test_slips_are_named[overflow]",),
    ),
    Mutant(
        "flags-are-numbers",
        "True is a whole number.",
        (Change("arguments.py", "if isinstance(value, bool) or not isinstance(value, Integral):", "if not isinstance(value, Integral):"),),
        ("tests/test_arguments.py",),
    ),
    Mutant(
        "quarters-are-months",
        "A quarter stands for its first month.",
        (Change("elements/timeline.py", "            if first == last:", "            if True:"),),
        ("tests/test_arguments.py",),
    ),
    Mutant(
        "consoles-break",
        "A console without a character ends the work that is done.",
        (Change("console.py", 'stream.reconfigure(errors="withdrawal-risk")', "pass"),),
        ("tests/test_console.py",),
    ),
    Mutant(
        "errors-on-standard-output",
        "Where standard error is closed, faults are written among answers.",
        (Change("console.py", "if sys.stderr is not None:", "if True:"),),
        ("tests/test_console.py::test_errors_do_not_reach_standard_output",),
    ),
    Mutant(
        "no-place-no-code",
        "Where no machine code can be kept there is none.",
        (Change("machine_code.py", "except RuntimeError:", "except ZeroDivisionError:"),),
        ("tests/test_compilers.py::test_without_a_place_functions_are_compiled_for_the_process",),
    ),
    Mutant(
        "all-cores",
        "Who asks for one core gets all of them.",
        (Change("cores.py", "    _thread.most = count\n    try:", "    try:"),),
        ("tests/test_cores.py::test_no_more_cores_than_asked_for",),
    ),
    Mutant(
        "draws-in-answers",
        "An answer carries the draws of its fit.",
        (Change("queries/results.py", "        about=about(posterior),\n        ci_prob",
                "        about=replace(about(posterior), diagnostics={**about(posterior).diagnostics, 'tree': posterior.tree}),\n        ci_prob"),
         Change("queries/results.py", "from dataclasses import dataclass, field", "from dataclasses import dataclass, field, replace"),),
        ("tests/queries/test_answers.py::test_every_answer_is_a_line_a_table_and_small[outlook]",),
    ),
    Mutant(
        "markup-in-notebooks",
        "What an author writes is markup in a notebook.",
        (Change("reports/notebook.py", 'Markup("<p>{}</p>").format(answer.sentence(lang))', 'Markup(f"<p>{answer.sentence(lang)}</p>")'),),
        ("tests/queries/test_answers.py::test_text_of_a_file_is_text_in_a_notebook",),
    ),
    Mutant(
        "the-unseen-in-the-tree",
        "Rows that are not yet published stand in the tree as if they had been observed.",
        (Change("inference/tree.py", "return np.flatnonzero(block.seen > 0)", "return np.flatnonzero(block.seen >= 0)"),),
        ("tests/inference/test_arviz.py::test_rows_not_yet_published_are_not_in_the_tree",),
    ),
    # Own variation at two speeds.
    Mutant(
        "share-of-sd",
        "The share of drift is one of the standard deviation and not of the variance.",
        (Change("dynamics/drift.py", "slow = share / passed_on", "slow = share**2 / passed_on"),
         Change("dynamics/drift.py", "own_scale * (1.0 - share) ** 0.5", "own_scale * (1.0 - share)"),),
        ("tests/inference/test_drift.py::test_share_is_a_share_of_variance_in_every_draw",),
    ),
    Mutant(
        "drift-scaled-alone",
        "Own scales are solved as if all variation were fast.",
        (Change("dynamics/scale.py", "    if share is not None:", "    if False:"),),
        ("tests/inference/test_drift.py::test_long_run_sd_is_one_at_the_prior_means",),
    ),
    Mutant(
        "drift-not-cut",
        "What is set is the drift of a factor, and not the factor with its causes cut.",
        (Change(WORLDS, "j = frame.structure.factors.index(name)\n", "j = frame.structure.with_hidden([frame.structure.factors.index(name)])[-1]\n"),),
        ("tests/inference/test_drift.py::test_setting_a_level_leaves_its_drift_alone",),
    ),
    Mutant(
        "drift-a-cause",
        "The drift of a factor does not count as its own shocks.",
        (Change("simulation/responses.py", "own = frame.structure.with_hidden(factors)", "own = list(factors)"),),
        ("tests/inference/test_drift.py::test_drift_counts_as_the_own_shocks_of_its_factor",),
    ),
    Mutant(
        "drift-restarted",
        "In another past the drift begins anew.",
        (Change(FUTURES, "                    clamped=self.clamped[: self.before],\n", "                    clamped=self.clamped[: self.before],\n                    start=inputs.start * np.isin(np.arange(inputs.start.shape[1]), self.posterior.frame.latent_index),\n"),),
        ("tests/inference/test_drift.py::test_another_past_keeps_the_drift_that_was",),
    ),
    Mutant(
        "drift-start-independent",
        "The drift of a factor whose start is elicited begins anywhere.",
        (Change(PARAMETERS, "own = [j, parent_of[name]] if name in parent_of else [j]", "own = [j]"),),
        ("tests/inference/test_drift.py::test_elicited_start_leaves_the_hidden_parent_its_law_given_the_level",),
    ),
    Mutant(
        "event-leaves-nothing",
        "The part of an event that lasts enters the drift as a push that a slow level hardly follows.",
        (Change("inference/path_inputs.py", "(1.0 - inputs.phi[:, h])", "1.0"),),
        ("tests/inference/test_drift.py::test_part_of_an_event_lasts",),
    ),
    # States that last.
    Mutant(
        "state-forgotten",
        "A state is forgotten between looks: after each it begins as before the first.",
        (Change("inference/states.py", "now = np.full_like(now, looks[t])", "now = start"),),
        ("tests/inference/test_states.py::test_looks_have_the_probability_of_all_paths_through_them",),
    ),
    Mutant(
        "state-flickers",
        "Whether a state was yes does not matter for the next month.",
        (Change("simulation/states.py", "1.0 - leaves[d, t, e] if yes[d, k] else enters[d, t, e]", "enters[d, t, e] / (enters[d, t, e] + leaves[d, t, e])"),),
        ("tests/inference/test_states.py::test_a_future_state_depends_on_the_month_before",),
    ),
    Mutant(
        "state-luck-redrawn",
        "The past luck of a state is not that which led to what was seen.",
        (Change("simulation/states.py", "uniform[:, t] = luck_given(yes, np.where(was, 1.0 - leave, enter), luck[:, t])", "uniform[:, t] = luck[:, t]"),),
        ("tests/inference/test_states.py::test_what_was_seen_comes_about_in_every_future",),
    ),
    Mutant(
        "state-read-twice",
        "Every row about a month is a look at it.",
        (Change(ALIGNMENT, "looks.get((row.indicator, month)) is row)", "True)"),),
        ("tests/inference/test_states.py::test_a_look_is_read_once",),
    ),
    Mutant(
        "state-odds-one-way",
        "The level moves entering and not leaving.",
        (Change("families/state.py", "1.0 / (1.0 + xp.exp(shift - leaving))", "1.0 / (1.0 + xp.exp(0.0 * shift - leaving))"),),
        ("tests/inference/test_states.py::test_looks_have_the_probability_of_all_paths_through_them",),
    ),
    # Errors, noughts and revisions.
    Mutant(
        "tails-too-wide",
        "An error with heavy tails has not the stated sd.",
        (Change("families/base.py", "2.5 * xp.log1p(0.5 * square)", "2.5 * xp.log1p(0.25 * square)"),),
        ("tests/inference/test_values.py::test_errors_of_a_row_have_the_stated_law",),
    ),
    Mutant(
        "nought-once",
        "A row over a span is nought if its last month is.",
        (Change(MEASUREMENT, "return np.multiply.reduceat(chance, first, axis=1)", "return chance[:, np.append(first[1:], chance.shape[1]) - 1]"),),
        ("tests/inference/test_values.py::test_flows_that_can_stop",),
    ),
    Mutant(
        "span-error-shared",
        "Independent errors of the months of a row do not average out.",
        (Change(ALIGNMENT, "for _, share in row.months()) ** -0.5", "for _, share in row.months()) ** 0.0"),),
        ("tests/inference/test_values.py::test_errors_of_a_row_have_the_stated_law",),
    ),
    Mutant(
        "revision-counts-twice",
        "A row and its revision are two reports.",
        (Change("model/evidence.py", "if row.id not in revised]", "if True]"),),
        ("tests/inference/test_values.py::test_a_revision_counts_once_from_its_publication",),
    ),
    Mutant(
        "anchored-always",
        "References that are known are sampled by anchors, on a narrow ridge.",
        (Change(ALIGNMENT, "    if len(frame.indicators):\n        spread", "    if False:\n        spread"),),
        ("tests/inference/test_values.py::test_known_references_are_not_anchored",),
    ),
    # Clauses in time.
    Mutant(
        "opposite-of-unknown",
        "The opposite of what is unknown is known.",
        (Change("model/clauses.py", "return ~holds(branches[0], results, not unknown, shape)", "return ~holds(branches[0], results, unknown, shape)"),),
        ("tests/simulation/test_clauses_in_time.py::test_what_published_figures_alone_decide",
         "tests/simulation/test_clauses_in_time.py::test_opposites"),
    ),
    Mutant(
        "always-is-ever",
        "What is to hold in every month may hold in one.",
        (Change("model/clauses.py", "(~met if clause.counts_failures else met)", "(met if clause.counts_failures else met)"),),
        ("tests/simulation/test_clauses_in_time.py::test_months_are_counted_as_a_loop_counts_them",),
    ),
    Mutant(
        "judged-counts-as-published",
        "A clause that nobody publishes an answer to is settled by figures.",
        (Change("model/clauses.py", 'return "judged" if resolution is None else "published"', 'return "published"'),),
        ("tests/simulation/test_clauses_in_time.py::test_who_answers_a_clause",),
    ),
    Mutant(
        "span-settles-nothing",
        "A row over several months says nothing of single ones, not even where it is 0.",
        (Change(ALIGNMENT, "if not family.has_error or family.support[0] < 0 or len(months) == 1 or not whole:", "if True:"),),
        ("tests/simulation/test_clauses_in_time.py::test_published_rows_settle_what_they_can",),
    ),
    Mutant(
        "range-as-value",
        "The middle of a published range is taken for a value.",
        (Change("simulation/parts.py", "if published.ends is None:", "if True:"),),
        ("tests/simulation/test_clauses_in_time.py::test_published_rows_settle_what_they_can",),
    ),
    # Settings.
    Mutant(
        "ramp-at-once",
        "What moves over months is there at once.",
        (Change(WORLDS, "share = _arrived(level.shape[-2], self.ramp)[:, None]", "share = _arrived(level.shape[-2], 1)[:, None]"),),
        ("tests/queries/test_settings.py::test_a_ramp_moves_evenly_from_what_would_have_been",),
    ),
    Mutant(
        "ramp-from-the-baseline",
        "A ramp begins where the factor is in the baseline, not in the world as set.",
        (Change(FUTURES, "self._move(span, self.baseline if alone else self._run((span.factor,)))", "self._move(span, self.baseline)"),),
        ("tests/queries/test_settings.py::test_ramps_begin_in_the_world_as_set",),
    ),
    Mutant(
        "lever-at-once",
        "A lever with months acts at once in the search.",
        (Change("queries/lever_search.py", "ramps = {factor: lever.months}", "ramps = {factor: 1}"),),
        ("tests/queries/test_settings.py::test_reach_uses_the_months_of_a_lever",),
    ),
    Mutant(
        "seen-is-set",
        "What is seen at a level is what is set to it.",
        (Change("queries/effects.py", "seen = counts[1] / np.maximum(counts[0], 1)", "seen = held.mean(axis=1)"),),
        ("tests/queries/test_settings.py::test_effects_put_set_beside_seen",),
    ),
    # Extensions, plots and slips of the hand.
    Mutant(
        "families-unproven",
        "A family that breaks its promises is registered.",
        (Change("families/registry.py", "if broken := list(broken_promises(family)):", "if broken := []:"),),
        ("tests/test_extensions.py::test_a_family_that_breaks_a_promise_is_refused",),
    ),
    Mutant(
        "noise-unproven",
        "A family whose noise does not make the value that it is given is registered.",
        (Change("families/contract.py", "if not abs(furthest - value) <= ", "if False and not abs(furthest - value) <= "),),
        ("tests/test_extensions.py::test_a_family_that_breaks_a_promise_is_refused[Forgetful-noise_given]",),
    ),
    Mutant(
        "families-share-fits",
        "A cached fit is found again under another family of the same name.",
        (Change("inference/cache.py", "sorted({code_of(family_of(item)) for", "sorted({'' for"),),
        ("tests/test_extensions.py::test_cached_fits_know_the_code_of_a_family",),
    ),
    Mutant(
        "families-unread",
        "A family that is registered late is not read.",
        (Change("families/registry.py", "    FAMILIES[family.name] = family\n    _keys.cache_clear()", "    FAMILIES[family.name] = family"),
         Change("families/registry.py", "lambda value: _keys().validate_python(value)", "_keys().validate_python"),),
        ("tests/test_extensions.py::test_the_schema_knows_a_registered_family",),
    ),
    Mutant(
        "arabic-plural-of-hundreds",
        "Arabic nouns follow the whole number and not its last two digits.",
        (Change("language/ar.py", "3 <= rest <= 10", "3 <= count <= 10"),),
        ("tests/language/test_languages.py::test_arabic_nouns_follow_their_number[103]",),
    ),
    Mutant(
        "arabic-dates-of-iso",
        "Months stand in Arabic sentences as digits.",
        (Change("language/ar.py", "dates_by_name=True", "dates_by_name=False"),),
        ("tests/language/test_languages.py::test_months_have_their_arabic_names[2026-09]",),
    ),
    Mutant(
        "arabic-months-in-paths",
        "The month in the name of a folder is written by name, and the path is wrong.",
        (Change("language/base.py", r"(?<![A-Za-z0-9_/\\.:\[-])", "(?<![0-9])"),),
        ("tests/language/test_languages.py::test_what_is_no_date_keeps_its_digits",),
    ),
    Mutant(
        "arabic-sign-on-the-right",
        "The sign of a number inside Arabic moves to its right.",
        (Change("language/base.py", "number.startswith(_SIGNS)", "not number"),),
        ("tests/language/test_languages.py::test_written_numbers_have_a_noun_too",),
    ),
    Mutant(
        "arabic-had-without-its-answer",
        "What would have been is said as what will be.",
        (Change("queries/counterfactual.py", 'supposed="supposed_had"', 'supposed="supposed"'),),
        ("tests/language/test_arabic_answers.py::test_conditionals_have_both_their_parts",),
    ),
    Mutant(
        "languages-unknown",
        "A text may be in a language that the library does not have.",
        (Change("elements/base.py", "if code not in LANGUAGES:", "if False:"),),
        ("tests/model/test_file.py::test_one_slip_is_one_fault_in_plain_words[language]",),
    ),
    Mutant(
        "waterfall-cut-off",
        "A running total below 0 lies outside its plot.",
        (Change("plots/waterfall.py", "reached += [at - Z90 * error, at + Z90 * error]", "reached += [at + Z90 * error]"),),
        ("tests/plots/test_plots.py::test_a_waterfall_holds_its_bars_and_errors",),
    ),
    Mutant(
        "good-is-bad",
        "What lowers a probability is drawn in the colour of what raises it.",
        (Change("plots/waterfall.py", "color=GOOD if size > 0 else BAD", "color=BAD if size > 0 else GOOD"),),
        ("tests/plots/test_plots.py::test_attribution",),
    ),
    Mutant(
        "not-mirrored",
        "Where reading begins on the right, bars grow from the left.",
        (Change("plots/style.py", "    axis.set_xlim(high, low)\n", ""),),
        ("tests/plots/test_style.py::test_an_axis_is_turned_to_the_side_of_its_readers[ar]",),
    ),
    Mutant(
        "worse-end-of-bars",
        "Of a factor that is worse when low, the high levels have the colour of the worse.",
        (Change("plots/network.py", "place = 4 - k if worst_high else k", "place = 4 - k"),),
        ("tests/plots/test_network_plot.py::test_the_colours_of_the_levels_follow_the_worse_end",),
    ),
    Mutant(
        "edge-through-box",
        "An edge that passes between two boxes has no room of its own.",
        (Change("plots/layers.py", "node / 2 if isinstance(v, str) else lane / 2", "node / 2 if isinstance(v, str) else -node / 2"),),
        ("tests/plots/test_network_plot.py::test_no_edge_passes_through_a_box",),
    ),
    Mutant(
        "threshold-of-a-total",
        "A bound on a total over months is drawn as if it were one on each month.",
        (Change("plots/forecast.py", "            bound /= last - first + 1\n", "            bound /= 1\n"),),
        ("tests/plots/test_forecast_plot.py::test_thresholds_stand_over_their_months[incidents-15.0-3-v]",),
    ),
    Mutant(
        "past-is-future",
        "The fan of the past has the tone of the future.",
        (Change("plots/forecast.py", "yield np.arange(now + 1), MUTED_PALE, MUTED_SOFT, MUTED", "yield np.arange(now + 1), ACCENT_PALE, ACCENT_SOFT, ACCENT"),),
        ("tests/plots/test_forecast_plot.py::test_past_and_future_have_tones_of_their_own[en]",),
    ),
    Mutant(
        "pale-marks",
        "What stands for a comparison is too pale to be seen.",
        (Change("plots/style.py", 'MUTED: Final = "#5f6b78"', 'MUTED: Final = "#9aa5b1"'),),
        ("tests/plots/test_style.py::test_marks_and_texts_stand_out[light]",),
    ),
    Mutant(
        "unresolved-difference",
        "A difference that the Monte Carlo error leaves open is written with its sign.",
        (Change("plots/before_after.py", "resolved = difference != 0 and abs(difference) > Z90 * error", "resolved = difference != 0"),),
        ("tests/plots/test_answer_plots.py::test_before_and_after[observe-en]",),
    ),
    Mutant(
        "worse-end-turned",
        "Of a policy whose values fall as its level rises, the wrong end is said to be worse.",
        (Change(NETWORK, "if self.per_level > 0:", "if True:"),),
        ("tests/plots/test_plots.py::test_the_worse_end_of_a_policy_is_that_of_its_unit",),
    ),
    Mutant(
        "streams-shared",
        "A large seed has the stream of a small one and a longer name.",
        (Change("random.py", "[low, *key, high] if high", "[low, high, *key] if high"),),
        ("tests/test_reproducibility.py::test_streams_of_large_seeds_are_their_own",),
    ),
    Mutant(
        "rows-of-other-files",
        "A change is explained by rows that the last fit's evidence does not have.",
        (Change("queries/explain_change.py", "        if gone:", "        if False:"),),
        ("tests/queries/test_why.py::test_a_row_that_only_a_fit_between_saw_is_refused",),
    ),
    Mutant(
        "suggestion-share",
        "The speeds of a level and of its hidden parent change places where the share is tied to the weight.",
        (Change("suggestion/filtering.py", "split(1.0, share, fast, slow)", "split(1.0, share, slow, fast)"),),
        ("tests/suggestion/test_suggestion.py::test_likelihood_is_that_of_a_dense_normal",),
    ),
    Mutant(
        "suggestion-inflow",
        "The hidden parent of a history enters at once and not at the speed of the level.",
        (Change("suggestion/filtering.py", "inflow = (1 - fast) * weight", "inflow = weight"),),
        ("tests/suggestion/test_suggestion.py::test_likelihood_is_that_of_a_dense_normal",),
    ),
    Mutant(
        "suggestion-gain",
        "A seen month is taken for exact: the filter forgets the error that is left.",
        (Change("suggestion/filtering.py", "((1 - left / variance) / variance)", "(1 / variance)"),),
        ("tests/suggestion/test_suggestion.py::test_likelihood_is_that_of_a_dense_normal",),
    ),
    Mutant(
        "suggestion-counts",
        "The negative binomial of a history loses the size in its normalising power.",
        (Change("suggestion/filtering.py", "spread = (value + self.size) * np.log1p(np.exp(odds))", "spread = value * np.log1p(np.exp(odds))"),),
        ("tests/suggestion/test_suggestion.py::test_likelihood_of_counts_is_that_of_a_grid",),
    ),
    Mutant(
        "suggestion-large-size",
        "Gamma functions of a large size are subtracted until no digit is left.",
        (Change("suggestion/filtering.py", "return np.where(size > _LARGE, series, direct)", "return direct"),),
        ("tests/suggestion/test_suggestion.py::test_likelihood_of_counts_is_that_of_a_grid",),
    ),
    Mutant(
        "suggestion-look-ahead",
        "Months after the cut-off are read.",
        (Change("suggestion/history.py", "early = ordinals <= until.ordinal", "early = ordinals > 0"),),
        ("tests/suggestion/test_suggestion.py::test_later_months_are_not_looked_at",),
    ),
    Mutant(
        "suggestion-floor",
        "A reference is as narrow as its posterior.",
        (Change("suggestion/proposing.py", "wide = max(half, Z90 * floor * spread)", "wide = half"),),
        ("tests/suggestion/test_suggestion.py::test_references_are_as_wide_as_the_floor",),
    ),
    Mutant(
        "suggestion-short-floor",
        "The reference of a short history is widened no more than that of a long one.",
        (Change("suggestion/proposing.py", "floor = 1 + _WIDEST_FLOOR * min(1.0, _SHORT_HISTORY / months)", "floor = 1.0"),),
        ("tests/suggestion/test_suggestion.py::test_references_are_as_wide_as_the_floor",),
    ),
    Mutant(
        "suggestion-weights",
        "Draws are weighed as if all proposals were flat.",
        (Change("suggestion/sampling.py", "log_weights = log_joint - _mixture(points, proposals)", "log_weights = log_joint"),),
        ("tests/suggestion/test_suggestion.py::test_ranges_hold_the_truth",),
    ),
    Mutant(
        "suggestion-pooling",
        "Ranges are those of one speed, whatever the history says.",
        (Change("suggestion/proposing.py", "both = pooled(one, two, probability)", "both = one"),),
        ("tests/suggestion/test_suggestion.py::test_ranges_are_averaged_over_both_readings",),
    ),
    Mutant(
        "suggestion-unbelieved",
        "A reading with three effective draws decides.",
        (Change("suggestion/proposing.py", "LEAST_EFFECTIVE: Final = 50.0", "LEAST_EFFECTIVE: Final = 0.0"),),
        ("tests/suggestion/test_suggestion.py::test_a_reading_that_cannot_be_sampled_is_not_believed",),
    ),
    Mutant(
        "suggestion-drift-slower",
        "Drift is proposed that is no slower than its factor, which a model file does not take.",
        (Change("suggestion/proposing.py", "    if lognormal_mean(slow.p5, slow.p95) <= 1.1 * lognormal_mean(half_life.p5, half_life.p95):", "    if False:"),),
        ("tests/suggestion/test_suggestion.py::test_drift_is_slower_than_its_factor",),
    ),
    Mutant(
        "suggestion-millionfold",
        "A reference spans more than the millionfold that a model file takes.",
        (Change("suggestion/proposing.py", "reach = min(wide, history.scale.widest)", "reach = wide"),),
        ("tests/suggestion/test_suggestion.py::test_drift_is_slower_than_its_factor",),
    ),
    Mutant(
        "suggestion-runs-of-zeros",
        "Zeros in a row count as if each were news.",
        (Change("suggestion/proposing.py", "independent = len(zero) * (1 - memory) / (1 + memory)", "independent = len(zero)"),),
        ("tests/suggestion/test_suggestion.py::test_noughts_of_a_flow_are_set_aside",),
    ),
    Mutant(
        "suggestion-rounding",
        "The low end of a range is rounded inwards.",
        (Change("suggestion/fragment.py", "return _end(low, high - low, bounds, ROUND_FLOOR)", "return _end(low, high - low, bounds, ROUND_CEILING)"),),
        ("tests/suggestion/test_suggestion.py::test_rounded_ranges_are_ranges_of_a_model_file",),
    ),
    Mutant(
        "suggestion-twice",
        "A month that stands twice is read, the last value winning.",
        (Change("suggestion/history.py", "if (times > 1).any():", "if False:"),),
        ("tests/queries/test_suggest.py::test_refusals",),
    ),
    Mutant(
        "suggestion-seed",
        "The seed is not used.",
        (Change("suggestion/proposing.py", "generator(random_seed, \"suggest\", name)", "generator(0, \"suggest\", name)"),),
        ("tests/suggestion/test_suggestion.py::test_equal_seeds_give_equal_proposals",),
    ),
    Mutant(
        "row-without-residual",
        "In a world with other levels a row over several months says what it said.",
        (Change("simulation/published_rows.py", "number * now / np.maximum(then, 1e-300)", "number * np.ones_like(now)"),),
        ("tests/simulation/test_conditions.py::test_a_row_over_several_months_settles_their_total_and_mean",),
    ),
    Mutant(
        "row-not-split",
        "Months of a row that are looked at one by one need not show together what it says.",
        (Change("simulation/published_rows.py", "_inside(futures, indicator, first, value) if splits else {}", "{}"),),
        ("tests/simulation/test_conditions.py::test_a_row_over_several_months_settles_their_total_and_mean",),
    ),
    Mutant(
        "limit-without-residual",
        "In a world with other levels a row that reaches beyond what is asked for limits nothing.",
        (Change("simulation/published_rows.py", "most * now / np.maximum(then, 1e-300)", "np.full_like(now, np.inf)"),),
        ("tests/simulation/test_conditions.py::test_a_row_over_several_months_settles_their_total_and_mean",),
    ),
    Mutant(
        "lead-off-by-one",
        "The lead of a forecast is counted from the month before the origin.",
        (Change('scoring/origins.py', '"lead": one.month - origin,', '"lead": one.month - origin + 1,'),),
        ('tests/queries/test_backtest.py::test_every_row_was_unknown_at_its_origin',),
    ),
    Mutant(
        "origin-sees-a-month-more",
        "At an origin the evidence of the month after is known.",
        (
            Change("scoring/known.py", "evidence=tuple(visible(rows_of(model, data), origin))", "evidence=tuple(visible(rows_of(model, data), origin + 1))"),
            Change("scoring/known.py", 'update={"as_of": origin, "horizon": horizon}', 'update={"as_of": origin + 1, "horizon": horizon}'),
        ),
        ("tests/queries/test_backtest.py::test_nothing_of_the_future_is_seen",),
    ),
    Mutant(
        "baseline-sees-a-month-more",
        "Baselines read the evidence of the month after the origin, the model does not.",
        (Change('scoring/origins.py', 'pasts = histories(frame, known.evidence, known.as_of,', 'later = as_known(whole, origin + 1, task["data"])\n    pasts = histories(frame, later.evidence, later.as_of,'),),
        ('tests/queries/test_backtest.py::test_nothing_of_the_future_is_seen',),
    ),
    Mutant(
        "origin-sees-events",
        "Events that became known later are fitted.",
        (Change('scoring/known.py', 'if e.known <= origin}', 'if True}'),),
        ('tests/queries/test_backtest.py::test_nothing_of_the_future_is_seen',),
    ),
    Mutant(
        "origin-sees-announcements",
        "Announcements of later months stay in the paths of policies.",
        (Change('scoring/known.py', 'for part in policy.path if part.known <= origin)', 'for part in policy.path)'),),
        ('tests/queries/test_backtest.py::test_strict_and_revised_data_are_two_tables',),
    ),
    Mutant(
        "revised-known-at-once",
        "In revised data a month is known in the month itself.",
        (Change('scoring/known.py', 'first if month is None else month + 1', 'first if month is None else month'),),
        ('tests/queries/test_backtest.py::test_strict_and_revised_data_are_two_tables',),
    ),
    Mutant(
        "strict-by-rule",
        "Strict data hold outcomes whose date follows from a rule.",
        (Change('scoring/known.py', '(row.by_rule or row.replaces)', 'row.replaces'),),
        ('tests/queries/test_backtest.py::test_strict_and_revised_data_are_two_tables',),
    ),
    Mutant(
        "strict-by-revision",
        "Strict data are held against revisions.",
        (Change('scoring/known.py', '(row.by_rule or row.replaces)', 'row.by_rule'),),
        ('tests/queries/test_backtest.py::test_strict_and_revised_data_are_two_tables',),
    ),
    Mutant(
        "coverage-open",
        "Intervals do not hold their ends.",
        (Change('scoring/scores.py', '(low <= observed) & (observed <= high)', '(low < observed) & (observed < high)'),),
        ('tests/scoring/test_scores.py::test_coverage_counts_the_ends_of_intervals_of_counts',),
    ),
    Mutant(
        "crps-fair",
        "The CRPS of an ensemble leaves out pairs of a member with itself.",
        (Change("scoring/scores.py", "return np.asarray(2.0 * terms.sum(axis=-1) / count**2)", "return np.asarray(2.0 * terms.sum(axis=-1) / count**2 - np.abs(ordered[..., None] - ordered[..., None, :]).sum(axis=(-2, -1)) / 2 / max(count - 1, 1) / count**2)"),),
        ("tests/scoring/test_scores.py::test_crps_is_that_of_the_empirical_distribution",),
    ),
    Mutant(
        "tail-below",
        "The tail that is weighted is the lower one.",
        (Change('scoring/scores.py', 'crps(np.maximum(samples, floor[..., None]), np.maximum(observed, floor))', 'crps(np.minimum(samples, floor[..., None]), np.minimum(observed, floor))'),),
        ('tests/scoring/test_scores.py::test_tail_interval_and_ranked_scores_agree_with_scoringrules',),
    ),
    Mutant(
        "pit-unbroken",
        "Ties in the PIT are not broken at random.",
        (Change('scoring/scores.py', 'rank = below + np.asarray(uniform, dtype=float) * (equal + 1.0)', 'rank = below + 0.5 * (equal + 1.0)'),),
        ('tests/scoring/test_scores.py::test_pit_is_uniform_for_counts_of_any_number_of_members',),
    ),
    Mutant(
        "ignorance-without-pseudo-count",
        "Bins without a member get no member more.",
        (Change('scoring/scores.py', 'count = samples.shape[-1] + len(IGNORANCE_BINS)', 'count = samples.shape[-1] + 1'),),
        ('tests/scoring/test_scores.py::test_ignorance_counts_one_member_more_in_every_bin',),
    ),
    Mutant(
        "skill-mean-of-ratios",
        "Skill is the mean of the ratios of pairs.",
        (Change('scoring/skill.py', 'ratio = float(_log_ratio(np.array(total), np.array(total_base)))', 'ratio = float(_log_ratio(score, base).mean())'),),
        ('tests/scoring/test_skill.py::test_skill_is_a_ratio_of_sums',),
    ),
    Mutant(
        "skill-mean-of-origins",
        "Origins count alike, however many months they are held against.",
        (Change('scoring/skill.py', 'sums = [np.bincount(origin - first, values, places) for values in (score, base)]', 'sums = [np.bincount(origin - first, values, places) / np.maximum(np.bincount(origin - first, minlength=places), 1) for values in (score, base)]'),),
        ('tests/scoring/test_skill.py::test_an_origin_with_more_months_counts_for_more',),
    ),
    Mutant(
        "block-length-one",
        "Origins are drawn again one by one.",
        (Change('queries/backtest_result.py', 'block=block_of(longest, step)', 'block=1'),),
        ('tests/queries/test_backtest.py::test_blocks_are_as_long_as_the_longest_lead',),
    ),
    Mutant(
        "interval-not-widened",
        "Intervals are the percentiles of the bootstrap.",
        (Change('scoring/resampling.py', 'widen *= math.sqrt(blocks / (blocks - 1)) * math.sqrt(_OVERLAP if block > 1 else 1.0)', 'widen = 1.0'),),
        ('tests/scoring/test_skill.py::test_intervals_of_skill_hold_the_truth',),
    ),
    Mutant(
        "months-counted-by-origins",
        "However many origins forecast one month, each counts as a block.",
        (Change('scoring/resampling.py', 'return min(origins / block, float(months))', 'return origins / block'),),
        ('tests/scoring/test_skill.py::test_blocks_are_counted',),
    ),
    Mutant(
        "too-few-blocks-resolved",
        "With less than two blocks an interval is given.",
        (Change('scoring/resampling.py', 'LEAST_BLOCKS: Final = 2.0', 'LEAST_BLOCKS: Final = 1.1'),),
        ('tests/scoring/test_skill.py::test_fewer_than_two_blocks_resolve_nothing',),
    ),
    Mutant(
        "band-of-independent-errors",
        "Bands of calibration take overlapping forecasts for independent ones.",
        (Change("scoring/calibration.py", "return np.asarray(ndtr(errors / np.sqrt(lead + 1.0)))", "return generator(1, \"calibrated\").random(errors.shape)"),),
        ("tests/scoring/test_skill.py::test_bands_of_calibration_hold_a_calibrated_forecast",),
    ),
    Mutant(
        "skill-above-one",
        "The interval of a skill is that of the ratio, and can pass 1.",
        (
            Change("scoring/skill.py", "np.where(base > 0, np.log(score / base), np.nan)", "np.where(base > 0, score / base, np.nan)"),
            Change("scoring/skill.py", "(1.0 - np.exp(end) for end in ends)", "(1.0 - end for end in ends)"),
            Change("scoring/skill.py", "float(1.0 - np.exp(ratio))", "float(1.0 - ratio)"),
        ),
        ("tests/scoring/test_skill.py::test_no_skill_is_above_one",),
    ),
    Mutant(
        "unmatched-memory",
        "The matched model without edges keeps its own half-lives.",
        (Change('scoring/structures.py', 'stretch = matched_half_life(factor, memory) / factor.half_life.mean', 'stretch = 1.0'),),
        ('tests/scoring/test_structures.py::test_a_matched_factor_forgets_half_as_late_as_in_its_network',),
    ),
    Mutant(
        "density-mean-of-logs",
        "The log score is the mean of the log densities of draws.",
        (Change('scoring/forecasts.py', 'return float(logsumexp(logs) - math.log(len(logs)))', 'return float(logs.mean())'),),
        ('tests/queries/test_backtest.py::test_densities_are_those_of_the_values',),
    ),
    Mutant(
        "state-forgets-its-looks",
        "The looks at a state that were known do not count in its forecast.",
        (Change('scoring/forecasts.py', '_law(now, cell, looks.get(cell[0], {}))', '_law(now, cell, {})'),),
        ('tests/queries/test_backtest.py::test_a_state_is_forecast_from_the_looks_that_were_known',),
    ),
    Mutant(
        "unpaired-skill",
        "A method is scored on months that others did not forecast.",
        (Change('queries/backtest_result.py', 'values=score)[list(methods)].dropna()', 'values=score)[list(methods)].fillna(0.0)'),),
        ('tests/queries/test_backtest.py::test_only_months_that_both_forecast_are_compared',),
    ),
    Mutant(
        "peer-off-by-one",
        "A peer is placed at our own lead, a month later than its own.",
        (Change('queries/peers.py', 'wide.index.get_level_values("lead") + 1', 'wide.index.get_level_values("lead")'),),
        ('tests/queries/test_backtest.py::test_a_peer_is_held_against_the_same_months',),
    ),
    Mutant(
        "walk-with-all-changes",
        "The random walk steps as all changes, and not as the last 24.",
        (Change('scoring/baselines.py', '[-_CHANGES:]', '[:]'),),
        ('tests/scoring/test_baselines.py::test_the_random_walk_steps_as_the_last_24_changes',),
    ),
    Mutant(
        "level-without-gaps",
        "Months without an observation do not widen a local level.",
        (Change('scoring/local_level.py', 'spread = spread + gap * step**2', 'spread = spread + step**2'),),
        ('tests/scoring/test_baselines.py::test_the_local_level_of_numbers_is_the_joint_normal',),
    ),
    Mutant(
        "comparison-turned",
        "A comparison gives the skill of the first over the second.",
        (Change('queries/compare.py', 'skill_of(part, "b", "a",', 'skill_of(part, "a", "b",'),),
        ('tests/queries/test_backtest.py::test_compare_gives_the_skill_of_the_second',),
    ),
    Mutant(
        "earlier-row-counts",
        "Of two rows of a month the one that was published earlier is what forecasts are held against.",
        (Change("scoring/known.py", "for row in sorted(visible(model.evidence, last), key=lambda row: (row.published, row.id)):", "for row in visible(model.evidence, last):"),),
        ("tests/queries/test_backtest.py::test_of_two_rows_of_a_month_the_later_counts_everywhere",),
    ),
    Mutant(
        "one-error-is-enough",
        "A smoothed level forecasts from a single past error, as if it were certain.",
        (Change("scoring/baselines.py", "if len(start) < _LEAST:", "if not len(start):"),),
        ("tests/scoring/test_baselines.py::test_a_smoothed_level_needs_errors_of_the_lead",),
    ),
    Mutant(
        "compare-any-evidence",
        "Two models that have read different evidence are compared.",
        (Change("queries/compare.py", "if a.evidence and b.evidence and a.evidence != b.evidence:", "if False:"),),
        ("tests/queries/test_backtest.py::test_compare_gives_the_skill_of_the_second",),
    ),
    Mutant(
        "row-beyond-counts-whole",
        "A row that reaches beyond a clause's months lies in them with all of its total.",
        (Change("model/settled.py", "_ends(row)[0] if inside == days else 0.0", "_ends(row)[0]"),),
        ("tests/queries/test_precedents.py::test_what_rows_settle",),
    ),
    Mutant(
        "range-as-its-middle",
        "Of a range the middle decides whether a clause would have held.",
        (Change("model/settled.py", "    return row.low, row.high", "    return row.value, row.value"),),
        ("tests/queries/test_precedents.py::test_what_rows_settle",),
    ),
    Mutant(
        "missing-days-are-nought",
        "Days of which nothing is known add nothing to a total of the past.",
        (Change("model/settled.py", "if len(spoken) < (end - begin).days + 1:", "if False:"),),
        ("tests/queries/test_precedents.py::test_what_rows_settle",),
    ),
    Mutant(
        "state-outlasts-its-look",
        "A state is as it was until another look, whatever that says.",
        (Change("model/settled.py", "        if value == same:\n", "        if True:\n"),),
        ("tests/queries/test_precedents.py::test_what_rows_settle",),
    ),
    Mutant(
        "history-in-the-window",
        "A history may hold months that a fit is about.",
        (Change("model/evidence_file.py", "elif self.past and end.last >= self.spec.time.start.first_day:", "elif False:"),),
        ("tests/queries/test_precedents.py::test_faults_of_a_history_are_located",),
    ),
    Mutant(
        "steps-from-the-first",
        "Each step of several editions is the difference from the first.",
        (Change("queries/editions.py", "for before, after in itertools.pairwise(tables.values()):", "for before, after in [(next(iter(tables.values())), each) for each in list(tables.values())[1:]]:"),),
        ("tests/queries/test_editions.py::test_steps_are_differences_of_outlooks",),
    ),
    Mutant(
        "higher-is-better",
        "A scenario is better for an outcome where it raises it, whichever end is bad.",
        (Change("queries/scenarios.py", '-1.0 if self.spec.factors[name].worse == "high" else 1.0', "1.0"),),
        ("tests/queries/test_settings.py::test_scenarios_say_in_how_many_draws_an_outcome_is_better",),
    ),
    Mutant(
        "measured-later",
        "A factor counts as measured by rows that are not published yet.",
        (Change("model/library.py", "for row in self.evidence_at(as_of)}", "for row in self.evidence}"),),
        ("tests/model/test_file.py::test_factors_that_nothing_measures",),
    ),
    Mutant(
        "edit-unseen",
        "An entry of the track record may be changed.",
        (Change("ledger/chain.py", 'whole = stated["digest"] == _digest(body)', 'whole = True'),),
        ("tests/ledger/test_chain.py::test_an_edit_is_found",),
    ),
    Mutant(
        "chain-unlinked",
        "An entry need not follow the one before it.",
        (Change("ledger/chain.py", 'len(entries) == number - 1 and entry.previous != expected', 'False'),),
        ("tests/ledger/test_chain.py::test_an_edit_with_a_digest_of_its_own_is_found",),
    ),
    Mutant(
        "deletion-unseen",
        "Entries may be missing from the track record.",
        (Change("ledger/chain.py", 'if int(path.stem) != number:', 'if False:'),),
        ("tests/ledger/test_chain.py::test_a_deletion_is_found",),
    ),
    Mutant(
        "order-unseen",
        "Entries may change their places.",
        (Change("ledger/chain.py", 'if entry.number != number:', 'if False:'),),
        ("tests/ledger/test_chain.py::test_a_change_of_order_is_found",),
    ),
    Mutant(
        "texts-unseen",
        "The files of a forecast may be changed.",
        (Change("ledger/chain.py", 'faults += _faults_of_texts(place, entry, texts)', 'faults += []'),),
        ("tests/ledger/test_chain.py::test_a_text_that_was_changed_or_lost_is_found",),
    ),
    Mutant(
        "head-unseen",
        "A track record may lack the entry that a witness kept.",
        (Change("ledger/chain.py", 'if not any(entry.digest.startswith(wanted) for entry in entries):', 'if False:'),),
        ("tests/ledger/test_chain.py::test_a_tail_that_was_cut_off_needs_a_witness",),
    ),
    Mutant(
        "second-writer-wins",
        "A new file takes the place of the one that is there.",
        (Change("files.py", 'os.link(beside, target)', 'beside.replace(target)'),),
        ("tests/test_files.py::test_a_new_file_takes_the_place_of_none",),
    ),
    Mutant(
        "same-day-counts",
        "A forecast of the day on which the answer became known counts.",
        (Change("ledger/questions.py", '.date() < day', '.date() <= day'),),
        ("tests/queries/test_track_record.py::test_forecasts_of_the_day_and_later_do_not_count",),
    ),
    Mutant(
        "average-of-forecasts",
        "The average is over forecasts, however long each stood.",
        (Change("ledger/questions.py", 'float(stood @ found / stood.sum())', 'float(found.mean())'),),
        ("tests/queries/test_track_record.py::test_scores_are_the_latest_and_the_average_over_time",),
    ),
    Mutant(
        "first-word-counts",
        "A correction of an outcome changes nothing.",
        (Change("ledger/questions.py", 'Known(one.row, first.day)', 'Known(first.row, first.day)'),),
        ("tests/queries/test_track_record.py::test_a_question_is_settled_as_soon_as_it_is_decided",),
    ),
    Mutant(
        "judge-over-figures",
        "A judge overrules published figures.",
        (Change("ledger/questions.py", 'if answer is None and judgement is not None:', 'if judgement is not None:'),),
        ("tests/queries/test_track_record.py::test_few_incidents_leave_the_rest_to_judgement",),
    ),
    Mutant(
        "judge-is-certain",
        "A probability of a judge is scored as if it had happened so far.",
        (Change("scoring/scores.py", 'return brier(probability, q) + q * (1 - q)', 'return brier(probability, q)'),),
        ("tests/scoring/test_sample_size.py::test_a_judge_expects_least_where_the_forecast_is_the_judge_s",),
    ),
    Mutant(
        "anybody-settles",
        "An indicator that nobody publishes settles a condition.",
        (Change("model/settled.py", 'clause.indicator is not None and origin(spec, clause) == "published"', 'clause.indicator is not None'),),
        ("tests/queries/test_track_record.py::test_what_nobody_publishes_settles_nothing",),
    ),
    Mutant(
        "half-the-outcomes",
        "Half the outcomes that are needed are said to do.",
        (Change("scoring/sample_size.py", '_DISTANCE**2 * 4 *', '_DISTANCE**2 * 2 *'),),
        ("tests/scoring/test_sample_size.py::test_so_many_outcomes_find_the_better_forecast",),
    ),
    # Judgement of experts.
    Mutant(
        "most-seeds-count",
        "Scores of calibration rest on the largest number of seed questions that anybody answered.",
        (Change("experts/calibration.py", 'int(answered.min())', 'int(answered.max())'),),
        ("tests/experts/test_calibration.py::test_power_is_the_smallest_number_that_anybody_answered",),
    ),
    Mutant(
        "overshoot-unheard",
        "The intrinsic range hardly reaches beyond what was named.",
        (Change("experts/pooling.py", 'beyond = share * (high - low)', 'beyond = 1e-3 * (high - low)'),),
        ("tests/experts/test_calibration.py::test_tobacco_as_excalibur_printed_it",),
    ),
    Mutant(
        "bin-above",
        "A true value that equals a quantile falls into the bin above.",
        (Change("experts/calibration.py", '(quantiles < true[:, None])', '(quantiles <= true[:, None])'),),
        ("tests/experts/test_calibration.py::test_tobacco_as_excalibur_printed_it",),
    ),
    Mutant(
        "truth-out-of-range",
        "The true value is left out of the intrinsic range.",
        (Change("experts/calibration.py", '[*named, true[question]]', '[*named]'),),
        ("tests/experts/test_calibration.py::test_the_range_reaches_beyond_what_was_named",),
    ),
    Mutant(
        "calibration-alone-decides",
        "The cut-off is chosen by the calibration of the combined expert alone.",
        (Change("experts/calibration.py", 'one.combined_calibration * one.combined_information)', 'one.combined_calibration)'),),
        ("tests/experts/test_calibration.py::test_the_cut_off_is_the_best_of_all",),
    ),
    Mutant(
        "knots-by-rounding",
        "A quantile of a pool may miss the stated value by its last digit, and with it the bin.",
        (Change("experts/pooling.py", 'np.where(exact, self.knots[knot], values)', 'values'),),
        ("tests/experts/test_calibration.py::test_the_combined_expert_of_one_is_that_expert_to_the_last_digit",),
    ),
    Mutant(
        "agreement-is-evidence",
        "The logarithmic pool takes experts who agree for independent sources.",
        (Change("experts/pooling.py", 'precision = share[held] *', 'precision = len(share) * share[held] *'),),
        ("tests/experts/test_pooling.py::test_equal_experts_are_one",),
    ),
    Mutant(
        "half-an-answer",
        "A file's quantiles are taken for missing where one of them is.",
        (Change("experts/excalibur.py", 'if not all(missing):', 'if False:'),),
        ("tests/experts/test_excalibur.py::test_faults_have_a_place",),
    ),
    # Whose judgement.
    Mutant(
        "scales-stay",
        "A moved weight moves no scale of own variation.",
        (Change("inference/judgements.py", "slope[:, k] += own_score @ scale / OWN_SCALE_LOG_SD", "slope[:, k] += 0.0 * (own_score @ scale)"),),
        ("tests/inference/test_judgements.py::test_slopes_of_a_fit_are_derivatives",),
    ),
    Mutant(
        "starts-stay",
        "A moved weight leaves the law of the first month as it was.",
        (Change("inference/judgements.py", "slope[:, k] += _log_density_change(start, network.start, law) / _STEP", "pass"),),
        ("tests/inference/test_judgements.py::test_slopes_of_a_fit_are_derivatives",),
    ),
    Mutant(
        "start-ratio-left-out",
        "The ratio of densities leaves out what the levels of the first month say.",
        (Change("inference/judgements.py", "total -= normal_log_density(start, frame.start_mean, frame.start_root)", "total -= normal_log_density(start, other.start_mean, other.start_root)"),),
        ("tests/inference/test_judgements.py::test_ratio_of_several_ranges_at_once",),
    ),
    Mutant(
        "score-in-half-ranges",
        "A score is in distances from the middle of a range to its end.",
        (Change("inference/judgements.py", "columns.append((value - mu) / sigma)", "columns.append((value - mu) / (1.645 * sigma))"),),
        ("tests/inference/test_learning.py::test_learning_of_a_fit",),
    ),
    Mutant(
        "keys-of-a-state-exchanged",
        "What a state is entered and left by are taken for each other.",
        (
            Change("families/state.py", '"leaving": "leaves"', '"leaving": "enters"'),
            Change("families/state.py", '"reference": "enters"', '"reference": "leaves"'),
        ),
        ("tests/model/test_ranges.py::test_every_range_is_the_prior_of_one_unknown",),
    ),
    Mutant(
        "share-on-a-log-scale",
        "The centre of a share moves on the scale of a logarithm.",
        (Change("elements/quantiles.py", '    scale = "log_odds"', '    scale = "log"'),),
        ("tests/model/test_ranges.py::test_laws_by_hand",),
    ),
    Mutant(
        "kinder-under-not",
        "Under a `not` a kinder threshold is a harsher one.",
        (Change("model/thresholds.py", "return NotOf(not_=moved(part.not_, not upside_down))", "return NotOf(not_=moved(part.not_, upside_down))"),),
        ("tests/model/test_thresholds.py::test_kinder_is_up_or_down",),
    ),
    Mutant(
        "polarity-turns-thresholds",
        "The threshold of an indicator that falls with its factor moves the other way.",
        (Change("model/thresholds.py", "value(eta + levels * math.exp(mu))", "value(eta + item.polarity * levels * math.exp(mu))"),),
        ("tests/model/test_thresholds.py::test_a_threshold_on_an_indicator_moves_by_what_a_level_shows",),
    ),
    Mutant(
        "published-moved",
        "What an outsider publishes is another analyst's to move.",
        (Change("queries/other_analyst.py", 'if origin(spec, leaf) == "judged"]', 'if origin(spec, leaf) != "given"]'),),
        ("tests/queries/test_sensitivity.py::test_published_figures_are_not_an_analysts_to_move",),
    ),
    Mutant(
        "failed-refits-count",
        "Refits that failed their checks widen the range of another analyst.",
        (Change("queries/moved_refits.py", ' and record["checks_passed"]', ""),),
        ("tests/queries/test_sensitivity.py::test_the_range_then_counts_the_groups",),
    ),
    Mutant(
        "farther-tip",
        "Of two tipping points the farther is told.",
        (Change("queries/tips.py", "high < np.abs(best[found])", "high > np.abs(best[found])"),),
        ("tests/queries/test_tips.py::test_the_nearer_of_both_directions_counts",),
    ),
    Mutant(
        "none-always-trusted",
        "Where weights hang on few draws it is said all the same that the word does not change.",
        (Change("queries/tips.py", "trusted=all(end.trusted for end in ends)", "trusted=True"),),
        ("tests/queries/test_tips.py::test_absurd_slopes_are_not_trusted",),
    ),
    Mutant(
        "noise-tips",
        "What Monte Carlo error alone moves across a border is said to change the word.",
        (Change("queries/tips.py", "trusted=there.trusted and resolved", "trusted=there.trusted"),),
        ("tests/queries/test_tips.py::test_noise_is_no_tip",),
    ),
    Mutant(
        "error-of-the-probability",
        "The error of a tipping point is that of the probability there.",
        (Change("queries/tips.py", "error=error / abs(rate) if rate else np.inf", "error=error"),),
        ("tests/queries/test_tips.py::test_errors_of_tips_are_what_they_say",),
    ),
    Mutant(
        "tail-of-a-score",
        "How far evidence pulls is held against the spread of the judgement, not of what evidence makes of it.",
        (Change("inference/learning.py", "math.sqrt(2.0 * learnt)", "math.sqrt(2.0)"),),
        ("tests/inference/test_learning.py::test_tail_is_that_of_the_evidence",),
    ),
    Mutant(
        "taught-unseen",
        "An effect that evidence moved or narrowed is still called the file's own judgement.",
        (
            Change("simulation/elicited.py", "float(after.std()) >= _NARROWED * spread", "True"),
            Change("simulation/elicited.py", "<= LEAST_SHIFT * spread", "<= 99.0 * spread"),
        ),
        ("tests/simulation/test_elicited.py::test_what_evidence_taught_is_not",),
    ),
    Mutant(
        "stale-answers",
        "Stored answers outlive the refits that change them.",
        (Change("queries/moved_refits.py", "    forget_answers(_fit_path(posterior))\n", ""),),
        ("tests/cli/test_sensitivity_command.py::test_answers_do_not_outlive_what_they_rest_on",),
    ),
    Mutant(
        "half-the-months",
        "Of the months that a doubling adds to a long-run covariance half count.",
        (Change("dynamics/scale.py", "total += later", "total += 0.5 * later"),),
        ("tests/dynamics/test_scale.py::test_three_ways_agree",),
    ),
    Mutant(
        "refits-share-a-name",
        "Judgements whose paths differ in digits alone share the name of their refits.",
        (Change("queries/sensitivity.py", "_{letters(place)}_{side}", "_{side}"),),
        ("tests/queries/test_sensitivity.py::test_every_refit_has_a_name_of_its_own",),
    ),
    Mutant(
        "first-round",
        "Of several rounds of a panel the first counts.",
        (Change("model/panel_file.py", "sorted(self.rows, key=lambda row: row.round)", "sorted(self.rows, key=lambda row: -row.round)"),),
        ("tests/model/test_panel_file.py::test_the_last_round_counts",),
    ),
    Mutant(
        "noise-is-ignorance",
        "The noise of few simulated futures is counted as what experts do not know.",
        (
            Change("queries/mixtures.py", "(square - mean**2 - noise)", "(square - mean**2)"),
            Change("queries/mixtures.py", "(mean - square + noise)", "(mean - square)"),
        ),
        ("tests/queries/test_mixtures.py::test_the_noise_of_few_futures_is_chance",),
    ),
    Mutant(
        "one-left-out-of-a-whole",
        "Weights of the experts that remain do not add up to 1.",
        (Change("queries/panel.py", "rest / rest.sum() @ np.delete(mean, e)", "rest @ np.delete(mean, e)"),),
        ("tests/queries/test_panel.py::test_weights_that_are_given",),
    ),
    Mutant(
        "covering-without-the-file",
        "Ranges that cover those of all experts leave out those of the file.",
        (Change("queries/expert_packages.py", "laws = [given.law, *(package", "laws = [*(package"),),
        ("tests/queries/test_expert_packages.py::test_what_covers_has_the_moments_of_the_mixture_with_the_file",),
    ),
    Mutant(
        "noise-counted-by-expert",
        "Draws of one fit err by themselves in every expert who reweights them.",
        (Change("queries/mixtures.py", "blocks.get(voice.source,", "blocks.get(str(id(voice)),"), Change("queries/mixtures.py", "blocks[voice.source] =", "blocks[str(id(voice))] =")),
        ("tests/queries/test_mixtures.py::test_a_mixture_of_one_fit_is_its_draws_under_mixed_weights",),
    ),
    Mutant(
        "sign-lost-on-the-way",
        "The size that an expert writes of a negative weight enters the table without its sign.",
        (Change("experts/form_reading.py", "low, middle, high = -high, -middle, -low", "low, middle, high = low, middle, high"),),
        ("tests/queries/test_collect.py::test_a_table_says_all_that_was_written",),
    ),
    Mutant(
        "per-cent-as-shares",
        "What an expert writes in per cent is taken for a share.",
        (Change("experts/form_reading.py", "            return value / 100\n", "            return value\n"),),
        ("tests/queries/test_collect.py::test_numbers_as_people_write_them",),
    ),
    Mutant(
        "cells-in-per-cent",
        "A cell that shows 30% is read as the 0.3 that it holds.",
        (Change("experts/form_reading.py", 'return f"{100 * value:.15g}%"', "return repr(value)"),),
        ("tests/queries/test_collect.py::test_cells_of_a_spreadsheet_are_read_as_they_are_shown",),
    ),
    Mutant(
        "formula-after-a-digit",
        "A label that begins with a minus and a digit is left to be taken for a formula.",
        (Change("files.py", "and not is_number(cell) else cell", 'and not (cell[:1] == "-" and cell[1:2].isdigit()) else cell'),),
        ("tests/queries/test_ask.py::test_no_label_is_a_formula",),
    ),
    Mutant(
        "experts-beyond-the-file",
        "An expert may say of a range what the model file may not.",
        (Change("model/panel_file.py", '            reader.refuse("p5", str(error.errors()[0]["msg"]))\n            return None\n', "            del error\n"),),
        ("tests/model/test_panel_file.py::test_a_fault_of_an_answer_has_a_place",),
    ),
    Mutant(
        "without-is-alone",
        "The logarithmic pool without an expert is that expert alone.",
        (Change("queries/panel.py", "if name != out}", "if name == out}"),),
        ("tests/queries/test_panel.py::test_the_logarithmic_pool",),
    ),
    Mutant(
        "left-out-is-the-cover",
        "What an expert left out is taken from the ranges that cover all instead of from the file.",
        (Change("queries/expert_voices.py", "package.get(path, range_at(spec, path)) for path in wide", "package.get(path, wide[path]) for path in wide"),),
        ("tests/queries/test_expert_voices.py::test_several_far_away_share_one_fit",),
    ),
    Mutant(
        "left-out-of-the-pool",
        "In the logarithmic pool an expert who left a range out has no say in it.",
        (Change("queries/expert_packages.py", "laws = [package.get(path, given).law for package in several.values()]\n        mu, sigma = log_pool([law[0] for law in laws], [law[1] for law in laws], list(weights))", "held = [(p[path].law, w) for p, w in zip(several.values(), weights, strict=True) if path in p]\n        mu, sigma = log_pool([law[0] for law, _ in held], [law[1] for law, _ in held], [w for _, w in held])"),),
        ("tests/queries/test_expert_packages.py::test_the_logarithmic_pool_by_hand",),
    ),
    Mutant(
        "names-on-the-cards",
        "Cards of anonymous experts have their names.",
        (Change("queries/panel.py", "cards.table.rename(index=shown)", "cards.table"),),
        ("tests/queries/test_panel.py::test_anonymous_experts_have_letters_alone",),
    ),
    Mutant(
        "stale-panel",
        "A stored answer is given again although the table of the panel has changed.",
        (Change("cli/questions.py", 'key["panel"] = posterior.model.panel.digest', 'key["panel"] = ""'),),
        ("tests/cli/test_panel_commands.py::test_panel_and_feedback",),
    ),
    Mutant(
        "mode-of-all",
        "The preliminary answer starts from the mode of all unknowns together, errors among them.",
        (Change("inference/approximation.py", 'np.full(prior.mu.size, prior.support == "real")', "np.full(prior.mu.size, True)"),),
        ("tests/inference/test_approximation.py::test_errors_do_not_collapse",),
    ),
    Mutant(
        "anchors-kept",
        "The preliminary answer takes the anchors that are sampled for the references.",
        (Change("inference/approximation.py", 'unknowns["reference"] = unknowns["reference"] - anchor_shift(frame, months, unknowns, level)', "pass"),),
        ("tests/inference/test_approximation.py::test_unknowns_have_the_law_of_the_fit",),
    ),
    Mutant(
        "never-unsettled",
        "A posterior whose energy drifts is answered all the same.",
        (Change("inference/approximation.py", "rate < _LEAST_ACCEPTED or not drift <= _MOST_DRIFT", "rate < _LEAST_ACCEPTED"),),
        ("tests/inference/test_approximation.py::test_another_shape_is_refused",),
    ),
    Mutant(
        "commas-are-thousands",
        "Decimal commas of a table with semicolons are dropped.",
        (Change("model/table_file.py", '.replace(".", "").replace(",", ".")', '.replace(".", "").replace(",", "")'),),
        ("tests/model/test_file.py::test_what_is_beyond_doubt_is_read_and_noted",),
    ),
    Mutant(
        "columns-by-place",
        "The columns of a table are taken in the order in which the library writes them.",
        (Change("model/table_file.py", "self.header = [name if name in self.columns else None for name in given]", "self.header = list(self.columns[: len(given)])"),),
        ("tests/model/test_file.py::test_what_is_beyond_doubt_is_read_and_noted",),
    ),
    Mutant(
        "first-of-two-days",
        "A date that may be two days is read as the first of them.",
        (Change("model/evidence_file.py", "if len(meant) == 1:", "if meant:"),),
        ("tests/model/test_file.py::test_dates_that_may_be_two_days_are_refused_once",),
    ),
    Mutant(
        "import-counts-at-the-end",
        "An event that spans months counts in the month in which it ended.",
        (Change("exchange/sources/ucdp.py", "monthly_sums(starts[counted]", "monthly_sums(ends[counted]"),),
        ("tests/exchange/sources/test_ucdp.py::test_months_of_a_country_by_hand",),
    ),
    Mutant(
        "import-leaves-quiet-months-out",
        "Months without an event are missing instead of 0.",
        (Change("exchange/events.py", "zip(month_range(first, last), sums)]", "zip(month_range(first, last), sums) if total]"),),
        ("tests/exchange/sources/test_ucdp.py::test_months_of_a_country_by_hand",),
    ),
    Mutant(
        "import-counts-twice",
        "Events that stand in an export twice count twice.",
        (Change("exchange/sources/ucdp.py", "counted, twice = _once(table, counted)", "twice = 0"),),
        ("tests/exchange/sources/test_ucdp.py::test_an_event_that_stands_twice_counts_once",),
    ),
    Mutant(
        "import-yearly-too-early",
        "The yearly release of UCDP is dated to June of the year itself.",
        (Change("exchange/sources/ucdp.py", "(month.ordinal // 12 + 1) + 5", "(month.ordinal // 12) + 5"),),
        ("tests/exchange/sources/test_ucdp.py::test_the_yearly_release",),
    ),
    Mutant(
        "import-month-of-a-download",
        "The month in which an ACLED export ends is taken for whole.",
        (Change("exchange/sources/acled.py", "if finish != last.last_day and request.end != last:", "if False:"),),
        ("tests/exchange/sources/test_acled.py::test_months_of_a_country_by_hand",),
    ),
    Mutant(
        "import-before-the-upload",
        "A month of ACLED is known before its last event was uploaded.",
        (Change("exchange/sources/acled.py", "max(known[Month(month)], uploaded)", "known[Month(month)]"),),
        ("tests/exchange/sources/test_acled.py::test_published_when_the_last_event_was_uploaded",),
    ),
    Mutant(
        "import-part-of-a-month",
        "The mean of a month's first days stands for the month.",
        (Change("exchange/sources/fred.py", "if month not in partial", "if month"),),
        ("tests/exchange/sources/test_fred.py::test_days_by_hand",),
    ),
    Mutant(
        "import-loses-the-error",
        "Estimates of a DataBank table have no standard errors.",
        (Change("exchange/sources/world_bank.py", "se=spread.get(year)", "se=None"),),
        ("tests/exchange/sources/test_world_bank.py::test_estimates_with_their_errors",),
    ),
    Mutant(
        "import-day-for-month",
        "Days and months of dates such as 15/04/2025 are exchanged.",
        (Change("exchange/dates.py", "(match[2], match[1]) if day_first else (match[1], match[2])", "(match[1], match[2]) if day_first else (match[2], match[1])"),),
        ("tests/exchange/test_dates.py::test_the_order_is_read_off_the_column",),
    ),
    Mutant(
        "import-forgets-what-it-replaces",
        "A revision stands beside the value that it revises.",
        (Change("exchange/vintages.py", '"replaces": latest.id}', '"replaces": ""}'),),
        ("tests/exchange/test_vintages.py::test_new_same_and_changed",),
    ),
    Mutant(
        "import-revises-others",
        "A row of another source is revised.",
        (Change("exchange/vintages.py", "[row for row in there if row.source.startswith(same)]", "there"),),
        ("tests/exchange/test_vintages.py::test_another_source_is_another_report",),
    ),
    Mutant(
        "import-revises-without-a-date",
        "A changed value is dated by the rule of its span, so that an earlier as_of sees it.",
        (Change("exchange/vintages.py", "if published is None:", "if False:"),),
        ("tests/exchange/test_vintages.py::test_what_is_refused",),
    ),
    Mutant(
        "import-dry-run-writes",
        "A dry run writes the files.",
        (Change("queries/import_evidence.py", "if not dry_run:", "if True:"),),
        ("tests/queries/test_import_evidence.py::test_a_dry_run_writes_nothing",),
    ),
    # Files of other programs.
    Mutant(
        "parents-turned-round",
        "In XDSL the last parent is named first, while its state still changes fastest.",
        (Change("exchange/formats/xdsl.py", '" ".join(node.parents)', '" ".join(reversed(node.parents))'),),
        ("tests/exchange/formats/test_xdsl.py::test_every_cell_is_read_back[child]",),
    ),
    Mutant(
        "states-turned-round",
        "In BIF the states of a node are declared from the highest down.",
        (Change("exchange/formats/bif.py", "{', '.join(node.states)}", "{', '.join(reversed(node.states))}"),),
        ("tests/exchange/formats/test_bif.py::test_every_cell_is_read_back[wide]",),
    ),
    Mutant(
        "rows-short-of-one",
        "What rounding took from a row is not made up.",
        (Change("exchange/formats/static_network.py", "+= unit - whole.sum(axis=1)", "+= 0"),),
        ("tests/exchange/formats/test_static_network.py::test_written_rows_add_up_to_one_exactly",),
    ),
    Mutant(
        "one-sided-interval",
        "The interval of a cell leaves out at either end what it may leave out at both.",
        (Change("queries/static_network.py", "tail = (1 - asked.ci_prob) / 2", "tail = 1 - asked.ci_prob"),),
        ("tests/queries/test_export.py::test_intervals_hold_the_draws",),
    ),
    Mutant(
        "always-the-as-of",
        "A factor without parents has the law of the as_of, whatever month is asked for.",
        (Change("queries/static_network.py", "month = asked.month - posterior", "month = posterior.as_of - posterior"),),
        ("tests/queries/test_export.py::test_what_has_no_parents_is_where_it_is",),
    ),
    Mutant(
        "policy-of-the-as-of",
        "A policy has the value of the as_of, whatever month is asked for.",
        (Change("queries/static_network.py", "Window(self.month, self.month)", "Window(as_of, as_of)"),),
        ("tests/queries/test_export.py::test_what_has_no_parents_is_where_it_is",),
    ),
    Mutant(
        "outer-cuts",
        "Of three levels the middle one takes low and high in.",
        (Change("queries/static_network.py", "else cuts[1:3]", "else cuts[::3]"),),
        ("tests/queries/test_export.py::test_three_levels_join_two_of_five",),
    ),
    Mutant(
        "kept-edges-left-out",
        "What is said to be left out are the edges that are there.",
        (Change("queries/static_network.py", "if not kept.has_edge(a, b)]", "if kept.has_edge(a, b)]"),),
        ("tests/queries/test_export.py::test_what_closes_a_cycle_is_left_out_and_said",),
    ),
    Mutant(
        "cycle-for-dagitty",
        "Dagitty is given the arrow that closes a cycle.",
        (Change("exchange/formats/dagitty.py", "if not arrow.closes_cycle", "if arrow.cause"),),
        ("tests/exchange/formats/test_drawings.py::test_dagitty_has_no_cycle_and_no_word_of_its_own",),
    ),
    Mutant(
        "comment-ended-early",
        "Two hyphens of a note end the comment of an XDSL file.",
        (Change("exchange/formats/xdsl.py", 're.sub("-(?=-)", "- ", text)', "text"),),
        ("tests/exchange/formats/test_xdsl.py::test_comments_hold_no_two_hyphens",),
    ),
    Mutant(
        "instruction-in-a-note",
        "A note may hold an instruction to mermaid.",
        (Change("exchange/formats/mermaid.py", "note.translate(_COMMENTED).split()", "note.split()"),),
        ("tests/exchange/formats/test_drawings.py::test_mermaid_shows_words_as_they_are",),
    ),
    Mutant(
        "formula-among-categories",
        "A category of a table is left to be taken for a formula.",
        (Change("files.py", "list(map(safe, column.cat.categories))", "list(column.cat.categories)"),),
        ("tests/test_files.py::test_no_cell_of_a_table_is_a_formula",),
    ),
    # Beginning a model, and what is learnt in rows.
    Mutant(
        "arrows-turned-round",
        "An arrow of dagitty that points to the left is read as if it pointed to the right.",
        (Change("exchange/formats/dagitty_reading.py", '"<-": True', '"<-": False'),),
        ("tests/exchange/test_sketch.py::test_dagitty",),
    ),
    Mutant(
        "circles-without-a-question",
        "Edges that close a circle are not asked for a lag.",
        (Change("exchange/sketch.py", "if len(part) > 1]", "if len(part) > 99]"),),
        ("tests/exchange/test_sketch.py::test_circles_need_a_lag",),
    ),
    Mutant(
        "comments-left-behind",
        "A comment stays where it was when the key below it moves.",
        (Change("model/canonical.py", "                first = line - 1", "                pass"),),
        ("tests/model/test_canonical.py::test_keys_move_with_their_comments",),
    ),
    Mutant(
        "questions-are-faults",
        "A question in the place of a number is told as a wrong value.",
        (Change("model/file.py", "if problem.path not in places), *unwritten.values()]", ")]"),),
        ("tests/queries/test_scaffold.py::test_every_question_is_listed_and_answers_make_a_model",),
    ),
    Mutant(
        "totals-do-not-stand",
        "A total that is learnt weighs futures, but does not stand for its months in a clause.",
        (Change("simulation/published_rows.py", "rows = {**futures.part.spans.get(indicator, {}), **_learnt_spans(futures, indicator)}", "rows = futures.part.spans.get(indicator, {})"),),
        ("tests/queries/test_observed_rows.py::test_a_total_stands_for_its_months",),
    ),
    Mutant(
        "grades-of-learnt-rows",
        "The grade of a row that is learnt changes nothing.",
        (Change("simulation/observation.py", '"grade": str(row.get("grade", "A")),', '"grade": "A",'),),
        ("tests/queries/test_observed_rows.py::test_a_mean_over_months_by_hand",),
    ),
    Mutant(
        "once-contested",
        "A person who came round contests for ever.",
        (Change("elements/review.py", 'any(review.says == "contested" for review in latest.values())', 'any(review.says == "contested" for review in self.reviewed)'),),
        ("tests/queries/test_reviews.py::test_what_is_contested_is_named",),
    ),
    Mutant(
        "page-causes-last",
        "The page makes shifts and ramps effects before causes.",
        (Change("reports/web/worlds.js", 'nodes[a.node].rank - nodes[b.node].rank', 'nodes[b.node].rank - nodes[a.node].rank'),),
        ("tests/reports/live/test_agreement.py::test_random_models",),
    ),
    Mutant(
        "page-lag-too-short",
        "In the page a lagged effect arrives a month early.",
        (Change("reports/web/equation.js", 'edge.parent - edge.lag * nodes.length', 'edge.parent - Math.max(edge.lag - 1, 0) * nodes.length'),),
        ("tests/reports/live/test_agreement.py::test_random_models",),
    ),
    Mutant(
        "page-begins-late",
        "In the page a world leaves the first month that it changes as it was in the baseline.",
        (Change("reports/web/worlds.js", 'Math.min(arrival[j], ahead)', 'Math.min(arrival[j] + 1, ahead)'),),
        ("tests/reports/live/test_agreement.py::test_random_models",),
    ),
    Mutant(
        "stages-forget-moves",
        "In the page, a world begins each stage from the baseline's levels, whatever was moved before.",
        (Change("reports/web/worlds.js", 'arrivals(this.model, this, before)', 'arrivals(this.model, this, [])'),),
        ("tests/reports/live/test_agreement.py::test_random_models",),
    ),
    Mutant(
        "page-workers-share-noise",
        "In the page every worker draws the noise of the first draws.",
        (Change("reports/web/prepared.js", 'this.streams[j][t].uniforms(model.first + draw,', 'this.streams[j][t].uniforms(draw,'),),
        ("tests/reports/live/test_live_answers.py::test_answers_of_random_models",),
    ),
    Mutant(
        "page-needs-workers",
        "Where workers are not let in the page never answers.",
        (Change("reports/web/workers.js", 'const simulating = await inThePage(data);', 'throw new Error("no workers");'),),
        ("tests/reports/live/test_live_answers.py::test_answers_of_random_models",),
    ),
    Mutant(
        "page-scale-of-last-month",
        "The page scales an effect by the month before it arrives.",
        (Change("reports/web/equation.js", 'effect[e] * world.edgeScale[t * effect.length + e]', 'effect[e] * world.edgeScale[Math.max(t - 1, 0) * effect.length + e]'),),
        ("tests/reports/live/test_agreement.py::test_random_models",),
    ),
    Mutant(
        "page-other-noise",
        "The page and the library draw other noise of a month.",
        (Change("reports/live/draws.py", 'stream: Any = Noise(month_key(key, month))', 'stream: Any = Noise(month_key(key, month + 1))'),),
        ("tests/reports/live/test_agreement.py::test_random_models",),
    ),
    Mutant(
        "page-not-rounded",
        "The library is shown the draws as they were, not as they are exported.",
        (Change("reports/live/columns.py", 'return self._places[content], np.asarray(low + step * codes)', 'return self._places[content], values'),),
        ("tests/reports/live/test_agreement.py::test_random_models",),
    ),
    Mutant(
        "page-forgets-the-past",
        "In the page a clause leaves out the months that have passed.",
        (Change("reports/web/clauses.js", 'clause.past === null ? nothing : clause.past[at + f]', 'nothing'),),
        ("tests/reports/live/test_agreement.py::test_random_models",),
    ),
    Mutant(
        "page-states-begin-no",
        "In the page every state that lasts begins as a no.",
        (Change("reports/web/indicators.js", '(before >> f) & 1', '0'),),
        ("tests/reports/live/test_agreement.py::test_random_models",),
    ),
    Mutant(
        "page-interval-too-narrow",
        "The page gives an interval that is narrower than its futures allow.",
        (Change("reports/web/results.js", 'Math.min(low, probability - width, exactLow)', 'low'),),
        ("tests/reports/live/test_live_answers.py::test_answers_of_random_models",),
    ),
    Mutant(
        "page-weighs-no-futures",
        "In the page an observation weighs draws and not their futures.",
        (Change("reports/web/observation.js", 'within.set(log.map((one) => Math.exp(one - top)));', 'within.fill(1);'),),
        ("tests/reports/live/test_live_answers.py::test_observations_of_every_family",),
    ),
    Mutant(
        "page-ends-its-script",
        "A label can end the script element that holds the data of the page.",
        (Change("reports/live/part.py", 'for character in "<>&\\u2028\\u2029":', 'for character in "&\\u2028\\u2029":'),),
        ("tests/reports/live/test_part.py::test_data_ends_no_script_and_reads_as_it_was",),
    ),
    # The page of a report.
    Mutant(
        "script-without-a-digest",
        "Any script may run on the page.",
        (Change("reports/security.py", "f\"script-src {' '.join(map(_digest, scripts))}\"", "\"script-src 'unsafe-inline'\""),),
        ("tests/reports/test_security.py::test_a_page_names_its_style_and_script_by_their_digest",),
    ),
    Mutant(
        "any-address-is-a-link",
        "Whatever stands as the address of a source is a link, javascript: too.",
        (Change("reports/evidence.py", 'row.url if ADDRESS.fullmatch(row.url) else ""', "row.url"),),
        ("tests/reports/test_evidence.py::test_only_addresses_of_the_web_are_links",),
    ),
    Mutant(
        "ids-of-every-figure",
        "Figures of one page have the same ids, so that one is clipped by another's frame.",
        (Change("reports/pictures.py", 'f"{name}-{k}"', 'f"en1-{k}"'),),
        ("tests/reports/test_pictures.py::test_figures_of_one_page_share_no_id",),
    ),
    # Work that a report does not do twice.
    Mutant(
        "noise-of-another-seed",
        "Questions share noise whatever seed or number of futures they ask for.",
        (Change("simulation/parts.py", "if other == noise and most >= many:", "if most >= many:"),),
        ("tests/simulation/test_futures.py::test_a_report_stores_more_and_frees_it",),
    ),
    Mutant(
        "causes-of-causes-held",
        "What acts on a wanted factor through another is not simulated.",
        (Change("dynamics/structure.py", "left += self.edge_parent[", "_ = self.edge_parent["),),
        ("tests/dynamics/test_structure.py::test_what_acts_on_a_factor_is_its_ancestors",),
    ),
    Mutant(
        "another-draws-measurement",
        "Futures that are picked out show what the first draws would.",
        (Change("simulation/futures.py", "measurement(indicator).of_draws(draw)", "measurement(indicator).of_draws(0 * draw)"),),
        ("tests/simulation/test_conditions.py::test_values_of_few_futures_are_those_of_all",),
    ),
    Mutant(
        "certain-counts-end-early",
        "A count at a probability that rounds to 1 is looked for in a few steps.",
        (Change("families/poisson.py", "total[n] >= asked[n] and asked[n] < _NEAR_ONE", "total[n] >= asked[n] or asked[n] >= _NEAR_ONE"),),
        ("tests/families/test_poisson.py::test_many_together_are_those_of_each_alone",),
    ),
    Mutant(
        "two-probabilities-of-a-condition",
        "Answers of some draws print those draws' probability, which is not the outlook's.",
        (Change("queries/drivers.py", "        probability = there\n", ""),),
        ("tests/queries/test_why.py::test_drivers_of_some_draws_start_from_the_probability_of_all",),
    ),
    Mutant(
        "tripwire-of-all-futures",
        "The probability beyond a tripwire is that of all futures.",
        (Change("queries/tripwires.py", "float((truth & beyond).sum()) / count", "overall"),),
        ("tests/queries/test_tripwires.py::test_beyond_a_bound_is_what_observing_it_says",),
    ),
    Mutant(
        "confidence-without-effects",
        "Effects that no evidence moved do not weaken the confidence in an analysis.",
        (Change("reports/sections/confidence.py", "found.moved_effects < _EFFECTS * found.effects", "False"),),
        ("tests/reports/test_confidence.py::test_level_follows_from_facts",),
    ),
    Mutant(
        "bottleneck-is-the-likeliest",
        "The bottleneck is the condition that is most likely.",
        (Change("reports/ingredients.py", '["probability"].idxmin()', '["probability"].idxmax()'),),
        ("tests/reports/test_confidence.py::test_bottleneck_names_what_cannot_be_told_apart",),
    ),
    Mutant(
        "paths-go-on-from-their-end",
        "A path that was closed goes on from its last point.",
        (Change("reports/paths.py", 'begin = here if command == "M" else begin', "begin = here"),),
        ("tests/reports/test_paths.py::test_points_are_the_same_to_a_twentieth",),
    ),
)  # fmt: skip
