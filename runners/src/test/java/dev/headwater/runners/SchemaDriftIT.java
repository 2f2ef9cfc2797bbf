package dev.headwater.runners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headwater.broker.KafkaBroker;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.SummaryKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Columns that come, go, and become others between two runs of a table: of each kind of drift and
 * each kind of source, no row is lost, and every value is where it belongs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SchemaDriftIT {
  private static final List<String> SOURCES = List.of("csv", "jsonl", "parquet", "kafka");

  /** Rows with their columns: "id:long town:string", "1 x"; a dash is a null. */
  private record Part(String columns, List<String> rows) {
    static Part of(String columns, String... rows) {
      return new Part(columns, List.of(rows));
    }

    Map<String, String> types() {
      Map<String, String> types = new LinkedHashMap<>();
      Stream.of(columns.split(" ", -1))
          .map(c -> c.split(":", 2))
          .forEach(c -> types.put(c[0], c[1]));
      return types;
    }
  }

  /**
   * What comes before, and what comes after it in one run.
   *
   * @param policy of the second run
   * @param rows what the table has in the end
   * @param letters their codes
   */
  private record Drift(
      String name,
      String policy,
      Part before,
      List<Part> after,
      List<String> rows,
      List<String> letters) {}

  private static final Part OLD = Part.of("id:long n:int", "1 10");
  private static final Part MORE = Part.of("id:long n:int town:string", "2 20 x", "3 30 -");
  private static final Part WIDE = Part.of("id:long n:long", "2 5000000000", "3 30");
  private static final List<Drift> DRIFTS =
      List.of(
          drift("add", "{}", OLD, List.of(MORE), "1 10 null", "2 20 x", "3 30 null"),
          letters("add_refused", "{add: false}", OLD, MORE, "schema.add", "1 10", "3 30"),
          drift("widen", "{}", OLD, List.of(WIDE), "1 10", "2 5000000000", "3 30"),
          letters("widen_refused", "{widen: false}", OLD, WIDE, "schema.widen", "1 10", "3 30"),
          drift(
              "narrow",
              "{}",
              Part.of("id:long n:long", "1 5000000000"),
              List.of(Part.of("id:int n:int", "2 20")),
              "1 5000000000",
              "2 20"),
          letters(
              "retype",
              "{}",
              OLD,
              Part.of("id:long n:string", "2 abc", "3 -"),
              "schema.type",
              "1 10",
              "3 null"),
          drift("drop", "{}", MORE, List.of(OLD), "1 10 null", "2 20 x", "3 30 null"),
          drift(
              "rename",
              "{rename: {town: city}}",
              Part.of("id:long town:string", "1 a"),
              List.of(
                  Part.of("id:long city:string", "2 b", "3 -"),
                  Part.of("id:long town:string", "4 d", "5 -")),
              "1 a",
              "2 b",
              "3 null",
              "4 d",
              "5 null"));

  /** A row that has both, where rows have columns of their own. */
  private static final Drift BOTH =
      new Drift(
          "both",
          "{rename: {town: city}}",
          Part.of("id:long town:string", "1 a"),
          List.of(Part.of("id:long town:string city:string", "2 b b", "3 c x", "4 - e", "5 f -")),
          List.of("1 a", "2 b", "4 e", "5 f"),
          List.of("schema.rename"));

  @SuppressWarnings("NullAway.Init") // set before all
  private TestProject project;

  private static Drift drift(
      String name, String policy, Part before, List<Part> after, String... rows) {
    return new Drift(name, policy, before, after, List.of(rows), List.of());
  }

  private static Drift letters(
      String name, String policy, Part before, Part after, String code, String... rows) {
    String all = policy.equals("{}") ? "{else: letters}" : policy.replace("}", ", else: letters}");
    return new Drift(name, all, before, List.of(after), List.of(rows), List.of(code));
  }

  private static Stream<Arguments> cases() {
    Stream<Arguments> each =
        DRIFTS.stream().flatMap(d -> SOURCES.stream().map(s -> Arguments.of(s, d.name())));
    Stream<Arguments> both =
        SOURCES.stream().filter(s -> !s.equals("parquet")).map(s -> Arguments.of(s, BOTH.name()));
    return Stream.concat(each, both);
  }

  private static Drift drift(String name) {
    return Stream.concat(DRIFTS.stream(), Stream.of(BOTH))
        .filter(d -> d.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @BeforeAll
  void bothRuns(@TempDir Path folder) throws IOException {
    project = new TestProject(folder);
    for (boolean second : new boolean[] {false, true}) {
      StringBuilder sources = new StringBuilder();
      StringBuilder tables = new StringBuilder();
      for (Arguments each : cases().toList()) {
        String source = (String) each.get()[0];
        Drift drift = drift((String) each.get()[1]);
        List<Part> parts = second ? drift.after() : List.of(drift.before());
        String table = source + "_" + drift.name();
        for (int i = 0; i < parts.size(); i++) {
          write(source, table, (second ? "b" : "a") + i, parts.get(i));
        }
        sources.append(declared(source, table, parts));
        tables.append(
            "  %s: {from: in_%s, write: append, schema: %s}%n"
                .formatted(table, table, second ? drift.policy() : "{}"));
      }
      project.yaml("project: shop\nsources:\n" + sources + "tables:\n" + tables);
      assertThat(project.headwater("run")).as(project.said()).isZero();
    }
  }

  /** A CSV's columns are found out, but for those whose types change. */
  private static String declared(String source, String table, List<Part> parts) {
    Map<String, String> types = new LinkedHashMap<>();
    parts.forEach(part -> types.putAll(part.types()));
    boolean found = source.equals("parquet") || (source.equals("csv") && !types.containsKey("n"));
    String columns = found ? "" : ", columns: " + types.toString().replace("=", ": ");
    return source.equals("kafka")
        ? "  in_%s: {kafka: {servers: \"%s\", topic: drift_%s%s}}%n"
            .formatted(table, KafkaBroker.shared().servers(), table, columns)
        : "  in_%s: {files: data/%s/*.%s%s}%n".formatted(table, table, source, columns);
  }

  private void write(String source, String table, String name, Part part) throws IOException {
    Path file = project.folder().resolve("data").resolve(table).resolve(name + "." + source);
    Files.createDirectories(file.getParent());
    switch (source) {
      case "parquet" -> {
        List<NestedField> fields = new ArrayList<>();
        part.types().forEach((c, t) -> fields.add(NestedField.optional(id(fields), c, type(t))));
        List<String> types = List.copyOf(part.types().values());
        TestProject.write(
            file,
            new Schema(fields),
            part.rows().stream().map(row -> values(row, types)).toArray(Object[][]::new));
      }
      case "csv" -> {
        String header = String.join(",", part.types().keySet());
        String rows =
            part.rows().stream()
                .map(row -> row.replace("-", "").replace(' ', ','))
                .collect(Collectors.joining("\n"));
        Files.writeString(file, header + "\n" + rows + "\n");
      }
      case "jsonl" -> Files.write(file, json(part));
      default -> {
        String topic = "drift_" + table;
        if (name.startsWith("a")) {
          KafkaBroker.shared().create(topic, 1, Map.of());
        }
        KafkaBroker.shared()
            .send(
                json(part).stream()
                    .map(v -> v.getBytes(StandardCharsets.UTF_8))
                    .map(v -> new ProducerRecord<byte[], byte[]>(topic, 0, null, v))
                    .toList());
      }
    }
  }

  private static int id(List<NestedField> before) {
    return before.size() + 1;
  }

  private static List<String> json(Part part) {
    List<Map.Entry<String, String>> columns = List.copyOf(part.types().entrySet());
    List<String> out = new ArrayList<>();
    for (String row : part.rows()) {
      String[] values = row.split(" ", -1);
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < values.length; i++) {
        String quote = columns.get(i).getValue().equals("string") ? "\"" : "";
        if (!values[i].equals("-")) {
          keys.add("\"%s\":%s%s%2$s".formatted(columns.get(i).getKey(), quote, values[i]));
        }
      }
      out.add("{" + String.join(",", keys) + "}");
    }
    return out;
  }

  private static Object[] values(String row, List<String> types) {
    String[] values = row.split(" ", -1);
    Object[] out = new Object[values.length];
    for (int i = 0; i < out.length; i++) {
      String value = values[i];
      out[i] =
          value.equals("-")
              ? null
              : switch (types.get(i)) {
                case "int" -> (Object) Integer.valueOf(value);
                case "long" -> Long.valueOf(value);
                default -> value;
              };
    }
    return out;
  }

  private static Type type(String name) {
    return Types.fromPrimitiveString(name);
  }

  @ParameterizedTest(name = "{1} of {0}")
  @MethodSource("cases")
  void everyRowIsInTheTableOrALetter(String source, String name) throws IOException {
    Drift drift = drift(name);
    TableRef ref = TableRef.of("shop", source + "_" + name);
    assertThat(project.rows(ref)).containsExactlyElementsOf(drift.rows());
    List<String> codes = new ArrayList<>();
    TableRef letters = TableRef.of("shop", ref.name() + "__letters");
    long in = 0;
    long accounted = 0;
    try (TableCatalog catalog = project.catalog()) {
      if (catalog.find(letters).isPresent()) {
        project.rows(letters).forEach(row -> codes.add(row.split(" ", -1)[2]));
      }
      for (Snapshot snapshot : catalog.load(ref).snapshots()) {
        in += count(snapshot, SummaryKeys.ROWS_IN);
        for (String key :
            List.of(SummaryKeys.ROWS_KEPT, SummaryKeys.ROWS_LETTERS, SummaryKeys.ROWS_FILTERED)) {
          accounted += count(snapshot, key);
        }
      }
    }
    assertThat(codes).isEqualTo(drift.letters());
    int sent =
        drift.before().rows().size() + drift.after().stream().mapToInt(p -> p.rows().size()).sum();
    assertThat(in).isEqualTo(sent).isEqualTo(accounted);
    assertThat(drift.rows().size() + codes.size()).isEqualTo(sent);
  }

  private static long count(Snapshot snapshot, String key) {
    return Long.parseLong(snapshot.summary().getOrDefault(key, "0"));
  }
}
