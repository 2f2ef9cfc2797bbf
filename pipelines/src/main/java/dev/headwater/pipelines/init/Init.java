package dev.headwater.pipelines.init;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.pipelines.Answer;
import dev.headwater.pipelines.project.Draft;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.Proposal;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.ColumnSummary.Spread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.types.Types;

/**
 * Begins a project from data: looks at it, guesses when rows happened and what a model could tell,
 * and writes a project file, a contract and a test that run at once. The data is only read.
 */
public final class Init {
  private Init() {}

  /**
   * Makes a project's folder.
   *
   * @throws HeadwaterException USAGE if there is such a project; DATA if the data has no rows, no
   *     time, or nothing to learn; nothing is written then
   */
  public static Answer make(InitSpec spec) {
    Path folder = spec.base().resolve(spec.folder()).toAbsolutePath().normalize();
    Path last = folder.getFileName();
    String project = Proposal.name(last == null ? "" : last.toString());
    NewFiles files = new NewFiles(folder);
    Beginning beginning = Beginning.of(spec, folder, files);
    Look look = beginning.look();
    if (look.seen() == look.bad()) {
      throw new HeadwaterException(
          HeadwaterException.Kind.DATA,
          look.bad() == 0
              ? beginning.what() + " has no rows."
              : "None of the "
                  + Texts.count(look.bad())
                  + " rows of "
                  + beginning.what()
                  + " can be read.",
          look.bad() == 0
              ? "name data that has some."
              : "see what they are: headwater ingest --infer.");
    }
    TimeGuess time =
        TimeGuess.of(look, spec.time())
            .orElseThrow(
                () ->
                    new HeadwaterException(
                        HeadwaterException.Kind.DATA,
                        "No column of "
                            + beginning.what()
                            + " is a timestamp that differs: a model is held out by time.",
                        "give the rows a time; or begin without a model: headwater ingest --infer."));
    LabelGuess label = LabelGuess.of(look, time, spec.label());
    Guess guess = new Guess(time, label, InputGuess.of(look, time, label));
    Draft draft = ProjectDraft.of(project, beginning.origin(), look, guess);
    files.add("headwater.yaml", draft.yaml());
    Draft contract = ContractDraft.of(look);
    files.add(contract(beginning.origin()), contract.yaml());
    if (beginning.origin() instanceof Origins.Files origin) {
      TestDraft.of(origin, look, contract)
          .ifPresent(test -> files.add("tests/" + origin.rows() + ".yaml", test));
    }
    files.add(".gitignore", ".headwater/\n" + (spec.java() ? "target/\n" : ""));
    files.write(
        () -> {
          Project read = draft.project(folder);
          return spec.java() ? JavaDraft.of(read, beginning.origin()) : Map.of();
        });
    return answer(spec, beginning, guess, files);
  }

  private static String contract(Origins origin) {
    return "contracts/" + origin.rows() + ".yaml";
  }

  private static Answer answer(InitSpec spec, Beginning beginning, Guess guess, NewFiles files) {
    Look look = beginning.look();
    Map<String, String> roles = guess.roles(look);
    List<List<String>> grid = new ArrayList<>();
    List<Object> columns = new ArrayList<>();
    for (Types.NestedField field : look.columns()) {
      List<String> line = line(look, field, roles.getOrDefault(field.name(), ""));
      grid.add(line);
      columns.add(
          Map.of("name", field.name(), "type", field.type().toString(), "role", line.get(6)));
    }
    String model = ProjectDraft.model(beginning.origin(), guess);
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("folder", files.folder().toString());
    data.put("rows", look.rows());
    data.put("rows_looked_at", look.seen());
    data.put("columns", columns);
    data.put("model", model);
    data.put("label", guess.label().sql());
    data.put("files", files.names());
    List<Answer.Block> blocks = new ArrayList<>();
    blocks.add(new Answer.Block.Line(beginning.what() + ": " + seen(look)));
    blocks.add(new Answer.Block.Line(""));
    blocks.add(
        new Answer.Block.Grid(
            List.of("column", "type", "nulls", "distinct", "min", "max", "role"), grid));
    blocks.add(new Answer.Block.Line(""));
    blocks.add(
        new Answer.Block.Line(
            "Model %s tells: %s. %s"
                .formatted(model, guess.label().sql(), String.join(" ", guess.label().reasons()))));
    blocks.add(
        new Answer.Block.Line(
            "Written to " + spec.folder() + ": " + String.join(", ", files.names())));
    blocks.add(
        new Answer.Block.Line(
            "Next: cd %s · headwater test · headwater run · headwater trace %s"
                .formatted(spec.folder(), model)));
    return Answer.of(data, blocks);
  }

  private static String seen(Look look) {
    return look.seen() >= look.rows()
        ? Texts.count(look.rows()) + " rows"
        : Texts.count(look.seen()) + " looked at of about " + Texts.count(look.rows()) + " rows";
  }

  private static List<String> line(Look look, Types.NestedField field, String role) {
    ColumnSummary summary = look.column(field.name()).orElse(null);
    if (summary == null) {
      return List.of(field.name(), field.type().toString(), "", "", "", "", role);
    }
    Spread spread = summary.spread();
    long rows = Math.max(1, summary.nulls() + summary.values());
    return List.of(
        field.name(),
        field.type().toString(),
        summary.nulls() == 0 ? "" : Texts.share((double) summary.nulls() / rows),
        spread == null
            ? ""
            : (spread.rankError() == 0 ? "" : "~") + Texts.count(Math.round(spread.distinct())),
        Texts.value(field.type(), summary.min()),
        Texts.value(field.type(), summary.max()),
        role);
  }
}
