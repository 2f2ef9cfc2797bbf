package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.TableRef;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.Sources;
import dev.headwater.ingest.Through;
import dev.headwater.pipelines.project.DerivedDecl;
import dev.headwater.pipelines.project.Nearest;
import dev.headwater.pipelines.project.Problem;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.pipelines.project.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;

/** The columns of the project's tables, as far as they are known before anything runs. */
final class Schemas {
  private final Stages stages;
  private final List<Problem> problems = new ArrayList<>();

  Schemas(Stages stages) {
    this.stages = stages;
  }

  /** What stood against it that the user's transforms were looked into. */
  List<Problem> problems() {
    return List.copyOf(problems);
  }

  /** By table: its own columns, or those of the files that will be its first. */
  Map<String, Schema> known() {
    Map<String, Schema> schemas = new HashMap<>();
    for (TableDecl table : stages.project().tables().values()) {
      Optional<Table> there = stages.workspace().catalog(own(table)).find(own(table));
      Optional<Schema> own = there.map(Table::schema).map(table.schema()::renamed);
      // What transforms make of the files is known only by them: a table of yesterday says nothing.
      (table.steps().isEmpty()
              ? own.or(() -> source(table))
              : source(table).flatMap(schema -> through(table, schema)))
          .ifPresent(schema -> schemas.put(table.name(), schema));
    }
    for (String source : stages.project().sources().keySet()) {
      stages
          .project()
          .foreign(source)
          .flatMap(ref -> foreign(source, ref))
          .ifPresent(s -> schemas.put(source, s));
    }
    for (Target target : stages.project().targets()) {
      DerivedDecl table = stages.project().derived().get(target.name());
      if (table != null && target.kind() == Target.Kind.DERIVED) {
        derived(table, schemas);
      }
    }
    return schemas;
  }

  /** Of what the tables that it reads have; views and scores as they are there. */
  private void derived(DerivedDecl table, Map<String, Schema> schemas) {
    for (String name : table.from()) {
      if (!schemas.containsKey(name) && !stages.project().derived().containsKey(name)) {
        foreign(stages.read(name)).ifPresent(s -> schemas.put(name, s));
      }
    }
    try {
      Derived.schema(table, schemas).ifPresent(s -> schemas.put(table.name(), s));
    } catch (HeadwaterException e) {
      if (table.through() != null && !missing(table)) {
        String path = "tables." + table.name() + ".java";
        problems.add(stages.project().origin().problem(path, e));
      }
    }
  }

  /** Whether the class itself is at fault: that is said by the check of the project. */
  private static boolean missing(DerivedDecl table) {
    try {
      Derived.by(table);
      return false;
    } catch (HeadwaterException e) {
      return true;
    }
  }

  private TableRef own(TableDecl table) {
    return stages.read(table.name());
  }

  private Optional<Schema> through(TableDecl table, Schema schema) {
    Through through;
    try {
      through = UserSteps.of(table);
    } catch (HeadwaterException e) {
      // Said of the class.
      return Optional.empty();
    }
    try {
      return Optional.of(through.outcome(schema).schema());
    } catch (HeadwaterException e) {
      String path = "tables." + table.name() + ".java";
      problems.add(stages.project().origin().problem(path, e));
      return Optional.empty();
    }
  }

  /** Of another project's table it is said at once that it isn't there, and what is. */
  private Optional<Schema> foreign(String source, TableRef ref) {
    Optional<Schema> found = foreign(ref);
    if (found.isEmpty() && stages.project().neighbours(ref)) {
      missing(ref)
          .ifPresent(
              what ->
                  problems.add(
                      stages.project().origin().problem("sources." + source + ".table", what)));
    }
    return found;
  }

  private Optional<String> missing(TableRef ref) {
    Workspace workspace = stages.workspace();
    try {
      List<String> tables =
          workspace.catalog(ref).list(ref.namespace()).stream().map(TableRef::name).toList();
      if (!tables.isEmpty()) {
        return Optional.of(
            "project %s has no table '%s'.%s There is %s."
                .formatted(
                    ref.namespace(),
                    ref.name(),
                    Nearest.of(ref.name(), tables),
                    Nearest.few(ref.name(), tables)));
      }
      Set<String> projects = new TreeSet<>(stages.project().projects().keySet());
      projects.addAll(workspace.registry().runs().projects());
      projects.remove(stages.project().name());
      return Optional.of(
          "no table of a project '%s' is in %s.%s%s Declare under projects: where it is."
              .formatted(
                  ref.namespace(),
                  workspace.where(ref),
                  Nearest.of(ref.namespace(), projects),
                  projects.isEmpty()
                      ? ""
                      : " There is " + Nearest.few(ref.namespace(), projects) + "."));
    } catch (HeadwaterException e) {
      return Optional.of(e.what());
    }
  }

  /** What isn't reached is told by the stage that reads it. */
  private Optional<Schema> foreign(TableRef ref) {
    try {
      return stages.workspace().catalog(ref).find(ref).map(Table::schema);
    } catch (HeadwaterException e) {
      return Optional.empty();
    }
  }

  /** Files that can't be read are told by the stage that ingests them. */
  private Optional<Schema> source(TableDecl table) {
    SourceDecl source = Objects.requireNonNull(stages.project().sources().get(table.from()));
    if (source.kafka() != null) {
      return Optional.empty();
    }
    try {
      SourceStore store = new SourceStore(stages, source);
      List<SourceFile> files = List.copyOf(store.files().values());
      return Optional.of(Sources.of(store.io(), files, source.format(), null).schema())
          .map(table.schema()::renamed);
    } catch (HeadwaterException e) {
      return Optional.empty();
    }
  }
}
