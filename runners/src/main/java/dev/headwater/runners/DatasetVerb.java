package dev.headwater.runners;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.DatasetTask;
import dev.headwater.pipelines.Launcher;
import dev.headwater.pipelines.Progress;
import dev.headwater.pipelines.project.Target;
import dev.headwater.train.Dataset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The rows of a training, for a notebook. */
@Command(
    name = "dataset",
    description = {
      "Write the rows that a model's version was trained on into a .parquet or .csv file: the",
      "rows' columns, the inputs as of their time, the label, and which split a row is in.",
    },
    footer = {
      "",
      "They are joined again from the version's pinned snapshots, and their digest must be the",
      "training's. Without a version: the newest one; of a model without any, what it would be",
      "trained on.",
      "",
      "Examples:",
      "  headwater dataset late@champion -o train.parquet",
      "  headwater dataset late --sample 10000 --split holdout --to look.csv -o json"
    })
final class DatasetVerb extends RunVerbs.Running {
  @Option(names = "--to", paramLabel = "FILE", description = "As -o FILE, beside -o json.")
  private @Nullable String to;

  @Option(names = "--force", description = "Replace the file if there is one.")
  private boolean force;

  @Option(
      names = "--current",
      description = "What it would be trained on now, by what is declared now.")
  private boolean current;

  @Option(names = "--split", paramLabel = "SPLIT", description = "train or holdout alone.")
  private @Nullable String split;

  @Option(
      names = "--sample",
      paramLabel = "N",
      converter = Count.class,
      description = "So many rows, the same ones each time.")
  private @Nullable Integer sample;

  @Override
  boolean into(String file) {
    to = file;
    return true;
  }

  @Override
  public Integer call() {
    Named named = named(arguments(), Target.Kind.MODEL);
    if (to == null) {
      throw wrong(
          "Where to?", "write headwater dataset " + named.target().name() + " -o train.parquet.");
    }
    if (split != null && !List.of(Dataset.TRAIN, Dataset.HOLDOUT).contains(split)) {
      throw wrong("There is no split '" + split + "'.", "write --split train or --split holdout.");
    }
    if (current && named.ref() != null) {
      throw wrong(
          "--current is what no version was trained on yet.", "leave out @" + named.ref() + ".");
    }
    DatasetTask task =
        new DatasetTask(
            named.target(),
            named.ref(),
            current,
            folder().resolve(to),
            force,
            new Dataset.Wanted(split, sample == null ? -1 : sample));
    Progress progress = new RunScreen(screen().progressOnly(), System::nanoTime);
    Answer answer;
    try (Launcher launcher = session().open(named.project(), options())) {
      answer = launcher.dataset(task, progress);
    }
    return show(answer);
  }

  private static HeadwaterException wrong(String what, String fix) {
    return new HeadwaterException(HeadwaterException.Kind.USAGE, what, fix);
  }
}
