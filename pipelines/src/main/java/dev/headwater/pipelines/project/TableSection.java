package dev.headwater.pipelines.project;

import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.validate.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One table of the project file. */
final class TableSection {
  private final Path folder;
  private final Section s;

  TableSection(Path folder, Section section) {
    this.folder = folder;
    this.s = section;
  }

  TableDecl parse() {
    String from = s.required("from", "<a source>");
    // One that has it is made otherwise; who misspelled it is told of it.
    s.text("sql");
    List<Step> steps = new ArrayList<>();
    for (String text : s.texts("java")) {
      Step step = s.read(Step::parse, text, "java");
      if (step != null) {
        steps.add(step);
      }
    }
    String time = s.text("time");
    List<Partition> partition = partition(s);
    String contract = contract(folder, s);
    Write write = write();
    SchemaPolicy schema = SchemaSection.parse(s.section("schema"));
    Window commit = s.value("commit", Window::new);
    return new TableDecl(
        s.name(),
        Values.or(from, ""),
        steps,
        time,
        partition,
        contract,
        write,
        schema,
        commit == null ? TableDecl.COMMIT : commit,
        limits(s.section("letters")));
  }

  static List<Partition> partition(Section s) {
    List<Partition> partition = new ArrayList<>();
    for (String text : s.texts("partition")) {
      Partition p = s.read(Partition::parse, text, "partition");
      if (p != null) {
        partition.add(p);
      }
    }
    return partition;
  }

  static @Nullable String contract(Path folder, Section s) {
    String contract = s.text("contract");
    if (contract != null) {
      try {
        Contracts.read(folder, contract);
      } catch (ProjectException e) {
        e.problems().forEach(p -> s.problem("contract", e.file() + ": " + p));
      }
    }
    return contract;
  }

  static Limits limits(@Nullable Section s) {
    if (s == null) {
      return Limits.NONE;
    }
    Double share = s.value("max_share", t -> Values.number(t, 0));
    Long rows = s.value("max_rows", t -> Values.whole(t, 0, Long.MAX_VALUE));
    Long sample = s.value("sample", t -> Values.whole(t, 0, Long.MAX_VALUE));
    s.end();
    if (share != null && share > 1) {
      s.problem("max_share", "'" + share + "' is not a share from 0 to 1");
      return Limits.NONE;
    }
    return new Limits(
        share == null ? 1 : share,
        rows == null ? Long.MAX_VALUE : rows,
        sample == null ? Limits.SAMPLE : sample);
  }

  private Write write() {
    Write.Mode mode = Write.Mode.MIRROR;
    String where = null;
    if (s.isSection("write")) {
      Section write = Objects.requireNonNull(s.section("write"));
      if (!write.has("overwrite")) {
        write.required("overwrite", "date >= '2001-06-01'");
      }
      mode = Write.Mode.OVERWRITE;
      where = write.expression("overwrite");
      write.end();
    } else {
      String word = s.value("write", t -> Values.oneOf(t, Write.Mode.words()));
      mode = word == null ? mode : Write.Mode.valueOf(word.toUpperCase(Locale.ROOT));
    }
    List<String> key = s.texts("key");
    String order = s.text("order");
    String delete = s.expression("delete");
    String tombstones = s.value("tombstones", t -> Values.oneOf(t, List.of("refuse", "delete")));
    Window remember = s.value("remember", Window::new);
    return new Write(
        mode, key, order, where, delete, "delete".equals(tombstones), route(), remember);
  }

  private @Nullable Route route() {
    if (s.isSection("route")) {
      return Route.parse(Objects.requireNonNull(s.section("route")));
    }
    String by = s.text("route");
    return by == null ? null : Route.by(by);
  }
}
