package dev.headwater.pipelines;

import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.lineage.DataSet;
import dev.headwater.lineage.OwnFacet;
import dev.headwater.lineage.Quality;
import dev.headwater.pipelines.project.Contracts;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.TableProfile;
import dev.headwater.validate.Contract;
import dev.headwater.validate.Letter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the columns of a run's table hold, from its sketches, and which of its contract's rules its
 * rows broke, from its letters. What can't be found out is left out: it fails nothing.
 */
final class QualityLook {
  private static final Logger LOG = LoggerFactory.getLogger(QualityLook.class);
  private static final double[] SHARES = {0.01, 0.25, 0.5, 0.75, 0.99};

  /** Of tables with more columns nothing is told of each: no server would take the event. */
  private static final int COLUMNS = 300;

  /** Of more letters than these it is not found out which rules they are about. */
  private static final int LETTERS = 20_000;

  private final Workspace workspace;

  QualityLook(Workspace workspace) {
    this.workspace = workspace;
  }

  /** Of a run that succeeded: the table as its snapshot has it, and the contract's rules. */
  Optional<Quality> of(Run run, Table table, @Nullable Snapshot snapshot) {
    try {
      TableProfile profile =
          snapshot == null ? null : TableProfile.of(table, snapshot.snapshotId());
      return Optional.of(
          profile == null || !profile.missing().isEmpty() || profile.deletions()
              ? new Quality(null, Map.of(), rules(run))
              : new Quality(profile.rows(), columns(profile), rules(run)));
    } catch (RuntimeException e) {
      LOG.warn("What the columns of {} hold is not told", table.name(), e);
      return Optional.empty();
    }
  }

  private static Map<String, Quality.ColumnFigures> columns(TableProfile profile) {
    Map<String, Quality.ColumnFigures> out = new LinkedHashMap<>();
    List<Types.NestedField> fields = profile.schema().columns();
    for (Types.NestedField field :
        fields.size() > COLUMNS ? List.<Types.NestedField>of() : fields) {
      profile.column(field.name(), 0).ifPresent(c -> out.put(field.name(), figures(c)));
    }
    return out;
  }

  private static Quality.ColumnFigures figures(ColumnSummary column) {
    ColumnSummary.Spread spread = column.spread();
    Map<Double, Double> quantiles = new TreeMap<>();
    if (spread != null && spread.points() != null) {
      for (double share : SHARES) {
        Double value = number(spread.points().quantile(share));
        if (value != null && Double.isFinite(value)) {
          quantiles.put(share, value);
        }
      }
    }
    boolean numbers = column.type().typeId() != org.apache.iceberg.types.Type.TypeID.DATE;
    return new Quality.ColumnFigures(
        column.nulls(),
        spread == null ? null : Math.round(spread.distinct()),
        column.values(),
        null,
        numbers ? number(column.min()) : null,
        numbers ? number(column.max()) : null,
        numbers ? quantiles : Map.of());
  }

  private static @Nullable Double number(@Nullable Object value) {
    return value instanceof Number number ? Double.valueOf(number.doubleValue()) : null;
  }

  /** The contract's results alone, as they stand at what a run has read. */
  static @Nullable Quality rules(List<DataSet> outputs) {
    List<Quality.Assertion> rules =
        outputs.stream()
            .flatMap(o -> o.quality() == null ? Stream.empty() : o.quality().assertions().stream())
            .distinct()
            .toList();
    return rules.isEmpty() ? null : new Quality(null, Map.of(), rules);
  }

  private List<Quality.Assertion> rules(Run run) {
    if (!run.stage().equals(Target.Kind.TABLE.stage())) {
      return List.of();
    }
    Target target = workspace.project().target(run.target());
    TableDecl table = workspace.project().tables().get(target.name());
    if (table == null) {
      return List.of();
    }
    Optional<Contract> contract = Contracts.of(workspace.project(), table);
    Map<Edge, Long> broken = broken(run, target).orElse(null);
    if (contract.isEmpty() || broken == null) {
      return List.of();
    }
    List<Quality.Assertion> out = new ArrayList<>();
    for (Contract.ColumnRule rule : contract.get().columns()) {
      if (rule.required()) {
        out.add(assertion("not_null", "required", rule.name(), null, null, broken));
      }
      if (rule.min() != null) {
        out.add(assertion("min", "min", rule.name(), rule.min(), null, broken));
      }
      if (rule.max() != null) {
        out.add(assertion("max", "max", rule.name(), rule.max(), null, broken));
      }
      if (!rule.allowed().isEmpty()) {
        String values = String.join(", ", rule.allowed());
        out.add(assertion("accepted_values", "allowed", rule.name(), values, null, broken));
      }
      if (rule.pattern() != null) {
        out.add(assertion("pattern", "pattern", rule.name(), rule.pattern(), null, broken));
      }
    }
    for (Contract.NamedRule rule : contract.get().rules()) {
      out.add(assertion("expression", rule.name(), null, null, rule.expression(), broken));
    }
    return out;
  }

  private static Quality.Assertion assertion(
      String kind,
      String code,
      @Nullable String column,
      @Nullable String expected,
      @Nullable String content,
      Map<Edge, Long> broken) {
    long rows = broken.getOrDefault(rule(code, column), 0L);
    return new Quality.Assertion(
        column == null ? code : column + "." + code,
        kind,
        rows == 0,
        column,
        "warn",
        content,
        expected,
        rows == 1 ? "1 row" : rows + " rows");
  }

  /** The letters of a run, and why they are; empty without one, or where nobody can tell. */
  Optional<OwnFacet.Letters> letters(Run run) {
    double count = run.metrics().getOrDefault("rows_letters", 0.0);
    boolean made =
        List.of(Target.Kind.TABLE.stage(), Target.Kind.DERIVED.stage()).contains(run.stage());
    if (count == 0 || !made) {
      return Optional.empty();
    }
    try {
      Target target = workspace.project().target(run.target());
      List<OwnFacet.Reason> reasons =
          broken(run, target).orElse(Map.of()).entrySet().stream()
              .sorted(
                  Map.Entry.<Edge, Long>comparingByValue()
                      .reversed()
                      .thenComparing(e -> e.getKey().toString()))
              .limit(COLUMNS)
              .map(e -> reason(e.getKey(), e.getValue()))
              .toList();
      String table = new LetterTable(workspace, target).ref().name();
      return Optional.of(new OwnFacet.Letters(table, Math.round(count), reasons));
    } catch (RuntimeException e) {
      LOG.warn("Why rows of {} are letters is not told", run.target(), e);
      return Optional.empty();
    }
  }

  private static OwnFacet.Reason reason(Edge rule, long rows) {
    return new OwnFacet.Reason(rule.name(), rule.version().isEmpty() ? null : rule.version(), rows);
  }

  /** How many rows broke each rule; empty if there are too many to be looked at. */
  private Optional<Map<Edge, Long>> broken(Run run, Target target) {
    double count = run.metrics().getOrDefault("rows_letters", 0.0);
    LetterTable letters = new LetterTable(workspace, target);
    Optional<Table> table = letters.find();
    if (count == 0 || table.isEmpty()) {
      return count == 0 ? Optional.of(Map.of()) : Optional.empty();
    }
    long all =
        Long.parseLong(table.get().currentSnapshot().summary().getOrDefault("total-records", "0"));
    if (all > LETTERS) {
      return Optional.empty();
    }
    Map<Edge, Long> into = new HashMap<>();
    letters.each(
        table.get(),
        new LetterFilter(List.of(), null, null, null, run.id().toString(), null, true),
        letter -> {
          for (Letter.Reason reason : letter.reasons()) {
            into.merge(rule(reason.code(), reason.column()), 1L, Long::sum);
          }
          return true;
        });
    return Optional.of(into);
  }

  private static Edge rule(String code, @Nullable String column) {
    return new Edge("rule", code, column == null ? "" : column);
  }
}
