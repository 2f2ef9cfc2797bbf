package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Run;
import dev.headwater.files.RawRow;
import dev.headwater.pipelines.project.Target;
import dev.headwater.validate.Letter;
import dev.headwater.validate.StoredLetter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Questions about a table's dead letters. */
final class LetterAnswers {
  private static final int CELL = 80;
  private static final int KINDS = 20;

  private final Stages stages;
  private final Target target;
  private final LetterTable letters;

  LetterAnswers(Stages stages, Target target) {
    this.stages = stages;
    this.target = target;
    this.letters = new LetterTable(stages, target);
  }

  Answer of(LetterTask task) {
    if (task instanceof LetterTask.Show show) {
      return show(show);
    }
    if (task instanceof LetterTask.Summary summary) {
      return summary(summary);
    }
    return export((LetterTask.Export) task);
  }

  private Answer export(LetterTask.Export task) {
    Optional<Table> table = letters.find();
    if (table.isEmpty()) {
      return none();
    }
    long count = LetterLines.write(letters, table.get(), task.which(), task.to());
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("letters", count);
    data.put("file", task.to().toString());
    String said = Stages.grouped(count) + " letters are in " + task.to() + ".";
    String next =
        target.kind() == Target.Kind.TABLE
            ? " Mend raw or row in them, then: headwater letters "
                + target.name()
                + " replay --file "
                + task.to()
            : "";
    return Answer.of(data, new Answer.Block.Line(said + next));
  }

  private Answer show(LetterTask.Show task) {
    Optional<Table> table = letters.find();
    if (table.isEmpty()) {
      return none();
    }
    Map<String, Long> reasons = new TreeMap<>();
    List<List<String>> cells = new ArrayList<>();
    List<Object> rows = new ArrayList<>();
    letters.each(
        table.get(),
        task.which(),
        letter -> {
          reasons.merge(letter.reasons().get(0).sentence(), 1L, Long::sum);
          if (rows.size() < task.limit()) {
            cells.add(cells(letter));
            rows.add(LetterLines.data(letter));
          }
          return true;
        });
    long total = reasons.values().stream().mapToLong(Long::longValue).sum();
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("letters", total);
    data.put("reasons", reasons);
    data.put("table", letters.ref().toString());
    data.put("snapshot", table.get().currentSnapshot().snapshotId());
    data.put("rows", rows);
    if (total == 0) {
      return Answer.of(
          data, new Answer.Block.Line("No letter of " + target.name() + " is one of these."));
    }
    return Answer.of(
        data,
        new Answer.Block.Grid(
            List.of("reason", "letters"),
            reasons.entrySet().stream()
                .map(e -> List.of(SafeText.shown(e.getKey()), Stages.grouped(e.getValue())))
                .toList()),
        new Answer.Block.Line(""),
        new Answer.Block.Grid(
            List.of("source", "position", "code", "column", "value", "row", "run", "at", "id"),
            cells));
  }

  private Answer none() {
    return Answer.of(
        Map.of("letters", 0, "reasons", Map.of(), "rows", List.of()),
        new Answer.Block.Line(target.name() + " has no letters."));
  }

  private static List<String> cells(StoredLetter letter) {
    List<Letter.Reason> reasons = letter.reasons();
    Letter.Reason first = reasons.get(0);
    String more = reasons.size() == 1 ? "" : " +" + (reasons.size() - 1);
    String source = letter.source().substring(letter.source().lastIndexOf('/') + 1);
    Integer partition = letter.partition();
    return List.of(
        SafeText.brief(SafeText.shown(source), CELL),
        (partition == null ? "" : partition + ":") + letter.position(),
        first.code() + more,
        text(first.column()),
        text(first.value()),
        SafeText.brief(row(letter), CELL),
        letter.run().substring(0, Math.min(13, letter.run().length())),
        time(letter.at()),
        letter.id());
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : SafeText.brief(SafeText.shown(value), CELL);
  }

  private static String row(StoredLetter letter) {
    RawRow raw = letter.raw("", List.of());
    String row = letter.row();
    return raw != null && raw.bytes() != null
        ? SafeText.shown(raw.bytes())
        : row == null ? "" : SafeText.shown(row);
  }

  static String time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** How many there are of one kind, and one of them. */
  private record Kind(long count, StoredLetter example) {
    Kind more() {
      return new Kind(count + 1, example);
    }
  }

  private Answer summary(LetterTask.Summary task) {
    Optional<Table> table = letters.find();
    if (table.isEmpty()) {
      return none();
    }
    Map<String, Map<String, Kind>> by = new LinkedHashMap<>();
    List.of("code", "column", "source", "run").forEach(kind -> by.put(kind, new LinkedHashMap<>()));
    long[] total = new long[1];
    letters.each(
        table.get(),
        task.which(),
        letter -> {
          total[0]++;
          letter.reasons().stream()
              .map(Letter.Reason::code)
              .distinct()
              .forEach(code -> count(by, "code", code, letter));
          letter.reasons().stream()
              .map(r -> r.column() == null ? "" : r.column())
              .distinct()
              .forEach(column -> count(by, "column", column, letter));
          count(by, "source", letter.source(), letter);
          count(by, "run", letter.run(), letter);
          return true;
        });
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("letters", total[0]);
    data.put("table", letters.ref().toString());
    List<Answer.Block> blocks = new ArrayList<>();
    by.forEach((kind, counts) -> kind(kind, counts, data, blocks));
    blocks.add(
        new Answer.Block.Line(
            Stages.grouped(total[0])
                + " letters; one that broke several rules counts for each. Next: headwater letters "
                + target.name()
                + " replay --dry-run"));
    return Answer.of(data, blocks);
  }

  private static void count(
      Map<String, Map<String, Kind>> by, String kind, String value, StoredLetter letter) {
    by.getOrDefault(kind, Map.of())
        .merge(value, new Kind(1, letter), (before, now) -> before.more());
  }

  private void kind(
      String kind, Map<String, Kind> counts, Map<String, Object> data, List<Answer.Block> blocks) {
    List<List<String>> cells = new ArrayList<>();
    List<Object> rows = new ArrayList<>();
    counts.entrySet().stream()
        .sorted((a, b) -> Long.compare(b.getValue().count(), a.getValue().count()))
        .forEach(
            e -> {
              StoredLetter example = e.getValue().example();
              String share = kind.equals("run") ? share(e.getKey(), e.getValue().count()) : "";
              cells.add(
                  List.of(
                      SafeText.brief(SafeText.shown(e.getKey()), CELL),
                      Stages.grouped(e.getValue().count()),
                      share,
                      text(example.reasons().get(0).sentence()),
                      SafeText.brief(row(example), CELL)));
              Map<String, Object> row = new LinkedHashMap<>();
              row.put(kind, e.getKey());
              row.put("letters", e.getValue().count());
              if (!share.isEmpty()) {
                row.put("share", share);
              }
              row.put("example", LetterLines.data(example));
              rows.add(row);
            });
    data.put(kind + "s", rows);
    blocks.add(
        new Answer.Block.Grid(
            List.of(kind, "letters", kind.equals("run") ? "share" : "", "for example", ""),
            cells.subList(0, Math.min(KINDS, cells.size()))));
    blocks.add(new Answer.Block.Line(""));
  }

  /** Of the rows that a run read. */
  private String share(String run, long letters) {
    Double in = null;
    try {
      Optional<Run> found = stages.workspace().registry().runs().find(UUID.fromString(run));
      in = found.map(r -> r.metrics().get("rows_in")).orElse(null);
    } catch (IllegalArgumentException e) {
      return "";
    }
    return in == null || in == 0 ? "" : String.format(Locale.ROOT, "%.2f%%", 100 * letters / in);
  }
}
