package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.TableDecl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;

/** The columns of the project's tables, as far as they are known before anything runs. */
final class Schemas {
  private final Stages stages;

  Schemas(Stages stages) {
    this.stages = stages;
  }

  /** By table: its own columns, or those of the files that will be its first. */
  Map<String, Schema> known() {
    Map<String, Schema> schemas = new HashMap<>();
    for (TableDecl table : stages.project().tables().values()) {
      Optional<Table> there =
          stages.workspace().catalog().find(stages.workspace().table(table.name()));
      there
          .map(Table::schema)
          .or(() -> source(table))
          .ifPresent(schema -> schemas.put(table.name(), schema));
    }
    return schemas;
  }

  /** Files that can't be read are told by the stage that ingests them. */
  private Optional<Schema> source(TableDecl table) {
    SourceDecl source = Objects.requireNonNull(stages.project().sources().get(table.from()));
    try {
      List<SourceFile> files = new ArrayList<>();
      for (String path : source.paths()) {
        files.addAll(SourceFiles.of(stages.project().origin().folder(), path));
      }
      return Optional.of(Sources.of(stages.workspace().catalog().io(), files).schema());
    } catch (HeadwaterException e) {
      return Optional.empty();
    }
  }
}
