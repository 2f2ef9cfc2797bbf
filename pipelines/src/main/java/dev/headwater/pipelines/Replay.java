package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.ModelVersion;
import dev.headwater.catalog.registry.Run;
import dev.headwater.pipelines.project.Target;
import dev.headwater.train.Trained;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Trains a version again from the snapshots that it has pinned, and compares. */
final class Replay {
  private final Stages stages;

  Replay(Stages stages) {
    this.stages = stages;
  }

  Answer of(Target model, @Nullable String ref, Progress progress) {
    ModelVersion version = new ModelAnswers(stages).version(model, ref);
    Run run =
        stages
            .workspace()
            .registry()
            .runs()
            .find(version.run())
            .orElseThrow(() -> new IllegalStateException("no run " + version.run()));
    TrainJob job = new TrainJob(stages, model);
    String name = model.name() + "@" + version.version();
    String declared = run.parameters().getOrDefault(Staleness.DECLARATION, "{}");
    if (!job.declaration().equals(declared)) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot replay "
              + name
              + ": the project declares "
              + model
              + " differently now ("
              + Staleness.changed(declared, job.declaration())
              + ").",
          "check out the project, and the classes, that it was trained with (run "
              + run.id()
              + ").");
    }
    Trained before =
        TrainedFolder.find(Path.of(version.location()))
            .orElseThrow(
                () ->
                    new HeadwaterException(
                        HeadwaterException.Kind.FAILED,
                        "Cannot replay "
                            + name
                            + ": its folder "
                            + version.location()
                            + " is gone.",
                        "restore it from a backup."));
    progress.started(model, "replay of " + name);
    Path scratch = stages.workspace().scratch(UUID.randomUUID());
    try {
      Trained again =
          job.train(
              run,
              scratch.resolve("model"),
              scratch,
              (rows, total, doing) -> progress.advanced(model, rows, total, doing));
      progress.ended(
          StageResult.done(
              model,
              again.trainRows() + again.holdoutRows(),
              "replayed",
              again.seconds(),
              name,
              Map.of()));
      return answer(name, before, again);
    } finally {
      Workspace.delete(scratch);
    }
  }

  private static Answer answer(String name, Trained before, Trained again) {
    boolean data = before.dataDigest().equals(again.dataDigest());
    boolean weights = before.weightsDigest().equals(again.weightsDigest());
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("model", name);
    facts.put("data_equal", data);
    facts.put("data_digest", before.dataDigest());
    facts.put("data_digest_again", again.dataDigest());
    facts.put("weights_equal", weights);
    facts.put("weights_digest", before.weightsDigest());
    facts.put("weights_digest_again", again.weightsDigest());
    facts.put("rows", again.trainRows() + again.holdoutRows());
    facts.put("seconds", again.seconds());
    List<Answer.Block> blocks =
        List.of(
            new Answer.Block.Line(
                line("data", data, before.dataDigest(), again.dataDigest())
                    + " ("
                    + Stages.grouped(again.trainRows() + again.holdoutRows())
                    + " rows)"),
            new Answer.Block.Line(
                line("weights", weights, before.weightsDigest(), again.weightsDigest())),
            new Answer.Block.Line(
                data && weights
                    ? name + " is what its data and its seed make it."
                    : data
                        ? name
                            + " was trained on the same rows in the same order, but its weights"
                            + " differ: another machine, another build of PyTorch, or a GPU."
                        : name + " was trained on other rows than its pinned snapshots hold now."));
    return new Answer(blocks, facts, data && weights ? 0 : 1);
  }

  private static String line(String what, boolean equal, String before, String again) {
    return equal
        ? what + " equal, sha256 " + before
        : what + " differ: sha256 " + before + " then, " + again + " now";
  }
}
