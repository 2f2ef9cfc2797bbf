package dev.headwater.pipelines;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.columns.expr.Expression;
import dev.headwater.columns.expr.ExpressionException;
import dev.headwater.features.FeatureView;
import dev.headwater.features.Window;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.Contracts;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.Input;
import dev.headwater.pipelines.project.KafkaDecl;
import dev.headwater.pipelines.project.ModelDecl;
import dev.headwater.pipelines.project.Project;
import dev.headwater.pipelines.project.ScoreDecl;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import dev.headwater.pipelines.project.ViewDecl;
import dev.headwater.score.ScoreRows;
import dev.headwater.validate.Contract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a project's tables as its declaration says them, and the files that are on this
 * machine: nothing that was made by runs is looked at. Tables of others are asked for.
 */
public final class DeclaredColumns {
  private final Project project;
  private final Path files;
  private final Map<String, Schema> known = new LinkedHashMap<>();
  private final Map<String, String> unknown = new LinkedHashMap<>();

  private DeclaredColumns(Project project, Path files) {
    this.project = project;
    this.files = files;
  }

  /**
   * All that can be known.
   *
   * @param files where relative paths of sources begin
   */
  public static DeclaredColumns of(Project project, Path files) {
    DeclaredColumns columns = new DeclaredColumns(project, files);
    columns.others();
    for (Target target : project.targets()) {
      try {
        columns.look(target);
      } catch (HeadwaterException e) {
        columns.unknown.put(target.name(), e.what());
      } catch (ExpressionException e) {
        columns.unknown.put(target.name(), "it does not fit what it reads");
      } catch (IllegalArgumentException e) {
        columns.unknown.put(
            target.name(), Objects.requireNonNullElse(e.getMessage(), e.toString()));
      }
    }
    return columns;
  }

  /** By table, of the project's and of others; without those that nothing is known of. */
  public Map<String, Schema> known() {
    return known;
  }

  /** Why nothing is known of the columns of the others. */
  public Map<String, String> unknown() {
    return unknown;
  }

  private void look(Target target) {
    String name = target.name();
    switch (target.kind()) {
      case TABLE -> table(Objects.requireNonNull(project.tables().get(name)));
      case DERIVED -> {
        DerivedDecl table = Objects.requireNonNull(project.derived().get(name));
        put(name, Derived.schema(table, known).orElse(null), table.contract());
      }
      case FEATURES -> {
        ViewDecl view = Objects.requireNonNull(project.features().get(name));
        Schema from = known.get(view.from());
        put(name, from == null ? null : features(view).schema(from), null);
      }
      case SCORE -> put(name, score(Objects.requireNonNull(project.scores().get(name))), null);
      default -> {}
    }
  }

  private void put(String name, @Nullable Schema schema, @Nullable String contract) {
    Optional<Contract> promised = Contracts.of(project, contract);
    Schema whole = schema == null ? promised.flatMap(DeclaredColumns::said).orElse(null) : schema;
    if (whole == null) {
      unknown.putIfAbsent(name, "the columns of what it reads are not known");
    } else {
      known.put(name, promised.map(c -> kept(whole, c)).orElse(whole));
    }
  }

  private void table(TableDecl table) {
    Schema rows = source(Objects.requireNonNull(project.sources().get(table.from())));
    if (rows != null && !table.steps().isEmpty()) {
      rows = UserSteps.of(table).outcome(rows).schema();
    }
    if (rows == null) {
      unknown.put(table.name(), "its source's columns are not declared, and no file is here");
    }
    put(table.name(), rows == null ? null : table.schema().renamed(rows), table.contract());
    if (known.containsKey(table.name())) {
      unknown.remove(table.name());
    }
  }

  private @Nullable Schema source(SourceDecl source) {
    KafkaDecl kafka = source.kafka();
    if (kafka != null) {
      boolean asks = kafka.registry() != null;
      return asks ? null : TopicDecoders.of(kafka, project.origin().folder(), null).schema();
    }
    List<SourceFile> there = new ArrayList<>();
    try (SchemeFileIO io = new SchemeFileIO()) {
      for (String path : source.paths()) {
        if (!SourceFiles.isStored(path)) {
          there.addAll(SourceFiles.named(io, files, path, source.format().kind()));
        }
      }
      return Sources.of(io, there, source.format(), null).schema();
    } catch (HeadwaterException e) {
      return source.format().columns().isEmpty() ? null : source.format().schema();
    }
  }

  private FeatureView features(ViewDecl view) {
    return new FeatureView(
        view.name(),
        view.key(),
        view.time(),
        view.known().equals(view.time()) ? null : view.known(),
        view.windows().stream().map(w -> Window.parse(w.text())).toList(),
        view.values());
  }

  /** The rows' columns, the model's inputs as they come, and what it says. */
  private @Nullable Schema score(ScoreDecl score) {
    ModelDecl model = Objects.requireNonNull(project.models().get(score.model().model()));
    Schema rows = known.get(score.rows());
    if (rows == null) {
      return null;
    }
    Map<String, Type> columns = new LinkedHashMap<>();
    rows.columns().forEach(f -> columns.put(f.name(), f.type()));
    for (Map.Entry<String, Input> input : model.inputs().entrySet()) {
      if (input.getValue() instanceof Input.Of of) {
        columns.put(input.getKey(), Expression.parse(of.expression(), rows).type());
      } else if (input.getValue() instanceof Input.View view) {
        Schema viewed = known.get(view.view());
        if (viewed == null) {
          return null;
        }
        values(Objects.requireNonNull(project.features().get(view.view())), viewed)
            .forEach(f -> columns.put(input.getKey() + "__" + f.name(), f.type()));
      }
    }
    columns.put(ScoreRows.PROBABILITY, Types.DoubleType.get());
    columns.put(ScoreRows.BASELINE, Types.DoubleType.get());
    List<Types.NestedField> fields = new ArrayList<>();
    columns.forEach((name, type) -> fields.add(Types.NestedField.optional(1, name, type)));
    return fresh(fields);
  }

  /** A view's columns without its key and its time. */
  static List<Types.NestedField> values(ViewDecl view, Schema schema) {
    return schema.columns().stream()
        .filter(f -> !view.key().contains(f.name()) && !f.name().equals(view.time()))
        .toList();
  }

  /** What a contract says of columns, where nothing else does; empty if that isn't all of it. */
  private static Optional<Schema> said(Contract contract) {
    List<Types.NestedField> fields = new ArrayList<>();
    for (Contract.ColumnRule rule : contract.columns()) {
      Type type = type(rule.type());
      if (type == null) {
        return Optional.empty();
      }
      fields.add(Types.NestedField.optional(1, rule.name(), type));
    }
    return fields.isEmpty() ? Optional.empty() : Optional.of(fresh(fields));
  }

  /** With the types that a contract promises, and without nulls where it wants none. */
  private static Schema kept(Schema schema, Contract contract) {
    Map<String, Contract.ColumnRule> rules = new LinkedHashMap<>();
    contract.columns().forEach(rule -> rules.put(rule.name(), rule));
    List<Types.NestedField> fields = new ArrayList<>();
    for (Types.NestedField field : schema.columns()) {
      Contract.ColumnRule rule = rules.get(field.name());
      Type promised = rule == null ? null : type(rule.type());
      Types.NestedField.Builder kept = Types.NestedField.from(field);
      if (promised != null) {
        kept.ofType(promised);
      }
      fields.add((rule != null && rule.required() ? kept.asRequired() : kept).build());
    }
    return fresh(fields);
  }

  private static @Nullable Type type(@Nullable String name) {
    try {
      return name == null ? null : Types.fromPrimitiveString(name);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Schema fresh(List<Types.NestedField> fields) {
    List<Types.NestedField> out = new ArrayList<>();
    int[] next = new int[1];
    for (Types.NestedField field : fields) {
      out.addAll(TypeUtil.assignFreshIds(new Schema(field), () -> ++next[0]).columns());
    }
    return new Schema(out);
  }

  /** Tables of others, where their catalogs answer. */
  private void others() {
    for (String source : project.sources().keySet()) {
      project.foreign(source).ifPresent(ref -> other(source, ref));
    }
    for (DerivedDecl table : project.derived().values()) {
      for (String name : table.from()) {
        if (name.indexOf('.') >= 0 && !known.containsKey(name)) {
          other(name, project.table(name));
        }
      }
    }
  }

  private void other(String name, TableRef ref) {
    CatalogDecl declared = project.catalogs().get(ref.catalog());
    if (declared == null && !Files.isDirectory(files.resolve(".headwater"))) {
      unknown.put(name, "there is no catalog here");
      return;
    }
    CatalogConfig config =
        declared == null ? CatalogConfig.embedded(files.resolve(".headwater")) : declared.config();
    try (TableCatalog catalog = TableCatalog.open(config)) {
      catalog
          .find(ref)
          .map(Table::schema)
          .ifPresentOrElse(
              schema -> known.put(name, schema), () -> unknown.put(name, "there is no " + ref));
    } catch (HeadwaterException e) {
      unknown.put(name, e.what());
    }
  }
}
