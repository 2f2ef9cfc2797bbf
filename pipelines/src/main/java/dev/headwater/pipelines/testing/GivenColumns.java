package dev.headwater.pipelines.testing;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.files.TypeText;
import dev.headwater.pipelines.project.Cell;
import dev.headwater.pipelines.project.Contracts;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.Given;
import dev.headwater.pipelines.project.KafkaDecl;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.TestRow;
import dev.headwater.pipelines.project.ViewDecl;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The columns of rows that are given: by the test's own word, by the source's, by the contract's,
 * and else by how the values are written.
 */
final class GivenColumns {
  private final Project project;
  private final String name;
  private final Map<String, Type> said = new LinkedHashMap<>();
  private final Map<String, Type> contract = new LinkedHashMap<>();
  private final Set<String> times = new HashSet<>();

  private GivenColumns(Project project, String name) {
    this.project = project;
    this.name = name;
  }

  /**
   * The columns of what stands for a source or a table.
   *
   * @param place for messages
   * @throws HeadwaterException USAGE if a column's values are of several types
   */
  static Schema of(Project project, String name, Given given, String place) {
    GivenColumns columns = new GivenColumns(project, name);
    SourceDecl source = project.sources().get(name);
    if (source != null) {
      columns.source(source);
    }
    for (TableDecl table : project.tables().values()) {
      if (table.name().equals(name) || table.from().equals(name)) {
        columns.table(table);
      }
    }
    DerivedDecl derived = project.derived().get(name);
    if (derived != null) {
      columns.contract(derived.contract());
      columns.time(derived.time());
    }
    given.columns().forEach(column -> columns.said.put(column.name(), column.type()));
    columns.asked();
    return columns.schema(Objects.requireNonNull(given.rows()), place);
  }

  private void source(SourceDecl source) {
    source.format().columns().forEach(column -> said.put(column.name(), column.type()));
    time(source.time());
    KafkaDecl topic = source.kafka();
    if (topic != null) {
      topic.columns().forEach(column -> said.put(column.name(), column.type()));
      topic.meta().forEach((column, meta) -> said.put(column, type(meta)));
    }
  }

  private static Type type(KafkaDecl.Meta meta) {
    return switch (meta) {
      case KEY -> Types.BinaryType.get();
      case KEY_TEXT, POSITION -> Types.StringType.get();
      case TIMESTAMP -> Types.TimestampType.withZone();
      case PARTITION -> Types.IntegerType.get();
      case OFFSET -> Types.LongType.get();
      case HEADERS -> TypeText.parse("list<struct<name: string, value: binary>>");
    };
  }

  private void table(TableDecl table) {
    if (table.steps().isEmpty()) {
      contract(table.contract());
      SourceDecl source = project.sources().get(table.from());
      if (source != null) {
        source(source);
      }
    }
    time(table.time());
  }

  private void contract(@Nullable String file) {
    Contracts.of(project, file)
        .ifPresent(
            rules ->
                rules
                    .columns()
                    .forEach(
                        rule -> {
                          if (rule.type() != null) {
                            contract.put(rule.name(), TypeText.parse(rule.type()));
                          }
                        }));
  }

  /** What views and models take for the rows' time. */
  private void asked() {
    for (ViewDecl view : project.features().values()) {
      if (view.from().equals(name) || view.name().equals(name)) {
        time(view.time());
      }
    }
    for (ModelDecl model : project.models().values()) {
      if (model.rows().equals(name)) {
        time(model.time());
      }
    }
  }

  private void time(@Nullable String column) {
    if (column != null) {
      times.add(column);
    }
  }

  private Schema schema(List<TestRow> rows, String place) {
    Map<String, Type> types = new LinkedHashMap<>();
    for (TestRow row : rows) {
      row.cells()
          .keySet()
          .forEach(column -> types.computeIfAbsent(column, c -> type(c, rows, place)));
    }
    said.forEach(types::putIfAbsent);
    List<Types.NestedField> fields = new ArrayList<>();
    types.forEach((c, type) -> fields.add(Types.NestedField.optional(fields.size() + 1, c, type)));
    return TypeUtil.assignIncreasingFreshIds(new Schema(fields));
  }

  private Type type(String column, List<TestRow> rows, String place) {
    Type known = said.getOrDefault(column, contract.get(column));
    if (known != null) {
      return known;
    }
    Cell.@Nullable Kind kind = null;
    for (TestRow row : rows) {
      Cell cell = row.cells().get(column);
      if (cell != null && cell.kind() != Cell.Kind.NULL) {
        Cell.Kind both = kind == null ? cell.kind() : both(kind, cell.kind());
        if (both == null || both == Cell.Kind.NESTED) {
          throw new HeadwaterException(
              HeadwaterException.Kind.USAGE,
              place
                  + ": column "
                  + column
                  + " of "
                  + name
                  + (both == null ? " has values of several types." : " is nested."),
              "say its type: " + name + ": {columns: {" + column + ": string}, rows: [...]}.");
        }
        kind = both;
      }
    }
    boolean time = times.contains(column);
    return switch (kind == null ? Cell.Kind.TEXT : kind) {
      case BOOLEAN -> Types.BooleanType.get();
      case WHOLE -> Types.LongType.get();
      case NUMBER -> Types.DoubleType.get();
      case DATE -> time ? Types.TimestampType.withoutZone() : Types.DateType.get();
      case TIME -> Types.TimestampType.withoutZone();
      case INSTANT -> Types.TimestampType.withZone();
      default -> time && kind == null ? Types.TimestampType.withoutZone() : Types.StringType.get();
    };
  }

  /** What holds values of both; null if nothing does. */
  private static Cell.@Nullable Kind both(Cell.Kind a, Cell.Kind b) {
    Set<Cell.Kind> kinds = Set.of(a, b == a ? Cell.Kind.NULL : b);
    if (a == b) {
      return a;
    }
    if (kinds.equals(Set.of(Cell.Kind.WHOLE, Cell.Kind.NUMBER))) {
      return Cell.Kind.NUMBER;
    }
    return kinds.equals(Set.of(Cell.Kind.DATE, Cell.Kind.TIME)) ? Cell.Kind.TIME : null;
  }

  /** A CSV's or a JSON's columns, as they are declared and as the rows name them. */
  static List<String> names(SourceFormat format, List<TestRow> rows) {
    Set<String> names = new java.util.LinkedHashSet<>();
    format.columns().stream().map(SourceColumn::name).forEach(names::add);
    rows.forEach(row -> names.addAll(row.cells().keySet()));
    return List.copyOf(names);
  }
}
