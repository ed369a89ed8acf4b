"""picture.py - the counts to the banner as bars, on a scale of powers of ten."""
import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

TITLES = {"bios": "BIOS: instructions to the banner", "uefi": "UEFI: instructions to the first glyph"}
BARS = [("total", "with the firmware", "#9ab0c4"), ("own", "own code", "#2b5f8a")]
BAR_HEIGHT = 0.38


def _draw_route(axes, title, subjects):
    for i, (key, label, color) in enumerate(BARS):
        counts = [subject["events"]["banner"][key] for subject in subjects.values()]
        places = [place + (i - 0.5) * BAR_HEIGHT for place in range(len(counts))]
        bars = axes.barh(places, counts, BAR_HEIGHT, label=label, color=color)
        axes.bar_label(bars, [f"{count:,}" for count in counts], padding=3, fontsize=8)
    axes.set(title=title, xscale="log", xlim=(10_000, 10_000_000_000), yticks=range(len(subjects)))
    axes.set_yticklabels(subjects)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)


def draw(figures, path):
    """Writes the picture of a whole measurement to a PNG file."""
    figure, rows = pyplot.subplots(len(figures["boot"]), 1, figsize=(8, 5), constrained_layout=True)
    for axes, (route, subjects) in zip(rows, figures["boot"].items()):
        _draw_route(axes, TITLES[route], subjects)
    rows[0].legend(loc="upper right", frameon=False)  # beside the shortest bars
    figure.savefig(path, dpi=120, metadata={"Software": None})
