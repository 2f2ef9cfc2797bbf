package dev.headwater.pipelines.init;

import dev.headwater.pipelines.project.Draft;
import dev.headwater.pipelines.project.Proposal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The project file of a first honest model. */
final class ProjectDraft {
  /** So many steps an epoch has, or the default batch fewer rows. */
  private static final int STEPS = 50;

  private static final int BATCH = 4_096;
  private static final int LEAST_BATCH = 32;

  private final Origins origin;
  private final Look look;
  private final Guess guess;
  private final Map<String, List<String>> notes = new LinkedHashMap<>();

  private ProjectDraft(Origins origin, Look look, Guess guess) {
    this.origin = origin;
    this.look = look;
    this.guess = guess;
  }

  static Draft of(String project, Origins origin, Look look, Guess guess) {
    return new ProjectDraft(origin, look, guess).draft(project);
  }

  /** The model's name: its label's, where that isn't the table's too. */
  static String model(Origins origin, Guess guess) {
    String name = Proposal.name(guess.label().name());
    return name.equals(origin.rows()) ? name + "_model" : name;
  }

  private Draft draft(String project) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("project", project);
    origin.form(guess, form, notes);
    String model = model(origin, guess);
    form.put("models", Map.of(model, model("models." + model)));
    List<String> head = new ArrayList<>(origin.head());
    head.add("Run it: headwater run. What is a guess says so; decide there.");
    return new Draft(head, form, notes);
  }

  private Map<String, Object> model(String path) {
    TimeGuess time = java.util.Objects.requireNonNull(guess.time());
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("rows", origin.rows());
    model.put("inputs", guess.inputs().inputs());
    note(
        path + ".inputs", "Decide: is each of these known at the row's time, before the label is?");
    guess
        .inputs()
        .without()
        .forEach((column, why) -> note(path + ".inputs", "Left out: " + column + " " + why + "."));
    model.put("label", guess.label().sql());
    guess.label().reasons().forEach(why -> note(path + ".label", why));
    note(path + ".label", "Decide: what shall the model tell? A condition over the columns.");
    Map<String, Object> split = new LinkedHashMap<>();
    split.put("train_until", text(time.trainUntil()));
    split.put("holdout_until", text(time.holdoutUntil()));
    model.put("split", split);
    note(path + ".split", "Four of five rows train, those after them tell how good it is.");
    long rows = look.rows() * 4 / 5;
    if (rows < (long) STEPS * BATCH) {
      long batch = Math.max(LEAST_BATCH, Long.highestOneBit(Math.max(1, rows / STEPS)));
      model.put("training", Map.of("batch", batch));
      note(path + ".training", "Few rows need small steps.");
    }
    note(
        path,
        "Once it is good enough to be used: gates: [auc > baseline.auc], and scores: and monitors:.");
    return model;
  }

  private static String text(LocalDateTime time) {
    return time.toLocalTime().toSecondOfDay() == 0
        ? time.toLocalDate().toString()
        : time.withNano(0).toString();
  }

  private void note(String path, String note) {
    notes.computeIfAbsent(path, p -> new ArrayList<>()).add(note);
  }
}
