package dev.headwater.pipelines.init;

import dev.headwater.catalog.CatalogConfig;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.SnapshotRef;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.Sources;
import dev.headwater.pipelines.Inference;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.Draft;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Proposal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;

/**
 * Where a project begins: data that was looked at.
 *
 * @param what it is, for messages
 */
record Beginning(String what, Origins origin, Look look) {
  /** So many rows of a text tell its types. */
  private static final int TYPES = 100_000;

  static Beginning of(InitSpec spec, Path folder, NewFiles files) {
    NewFiles.refuseOthers(folder, List.of(ProjectFile.NAME));
    if (spec.from().isEmpty()) {
      return MadeUp.into(files, base -> files(base, base, List.of(MadeUp.FILE), spec.rows()));
    }
    String first = spec.from().get(0);
    return spec.from().size() == 1 && isTable(spec, first)
        ? table(spec, folder, first)
        : files(spec.base(), folder, spec.from(), spec.rows());
  }

  /** Whether a name is a table's: it has dots, and is neither a file's nor like one's. */
  private static boolean isTable(InitSpec spec, String name) {
    return name.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+")
        && !Files.exists(spec.base().resolve(name))
        && (!spec.catalog().isEmpty() || SourceFormat.Kind.ofName(name) == null);
  }

  private static Beginning files(Path from, Path folder, List<String> names, int rows) {
    boolean stored = names.stream().anyMatch(SourceFiles::isStored);
    Path base = from.toAbsolutePath().normalize();
    FileIO io = Inference.in(base, stored).io();
    Inference.Found found = new Inference(base, folder, null, io).find(names, null, TYPES);
    List<String> paths = found.named().stream().map(path -> near(folder, path)).toList();
    String table = Inference.name(found.named().get(0));
    Sources sources = dated(io, found.sources());
    Origins.Files origin =
        new Origins.Files(
            table.equals("data") ? "rows" : table,
            paths,
            sources.format(),
            found.head(),
            found.notes());
    return new Beginning(String.join(", ", names), origin, Reading.of(io, sources, rows));
  }

  /** From the project's folder, where it is beside it; else the whole path. */
  private static String near(Path folder, String path) {
    Path beside = folder.getParent();
    if (SourceFiles.isStored(path) || beside == null || !Path.of(path).isAbsolute()) {
      return path;
    }
    return Path.of(path).startsWith(beside) && beside.getNameCount() > 0
        ? folder.relativize(Path.of(path)).toString()
        : path;
  }

  /** Text that has days alone: its best day is read as a time, at midnight. */
  private static Sources dated(FileIO io, Sources sources) {
    List<Types.NestedField> columns = sources.schema().columns();
    if (!sources.format().kind().isText()
        || columns.stream().anyMatch(c -> c.type().typeId() == Type.TypeID.TIMESTAMP)) {
      return sources;
    }
    String day =
        columns.stream()
            .filter(c -> c.type().typeId() == Type.TypeID.DATE)
            .map(Types.NestedField::name)
            .min(java.util.Comparator.comparingInt(name -> -Words.happened(name)))
            .orElse(null);
    if (day == null) {
      return sources;
    }
    List<SourceColumn> typed = new ArrayList<>();
    for (SourceColumn column : sources.format().columns()) {
      typed.add(
          column.name().equals(day)
              ? SourceColumn.of(day, Types.TimestampType.withoutZone(), column.format())
              : column);
    }
    return Sources.of(io, sources.files(), sources.format().columns(typed), null);
  }

  private static Beginning table(InitSpec spec, Path folder, String name) {
    TableRef ref = ref(name);
    Map<String, String> properties =
        spec.catalog().isEmpty() ? declared(spec, ref) : spec.catalog();
    CatalogConfig config = Draft.catalog(folder, ref.catalog(), properties);
    try (TableCatalog catalog = TableCatalog.open(config)) {
      Table table =
          catalog
              .find(ref)
              .orElseThrow(
                  () ->
                      new HeadwaterException(
                          HeadwaterException.Kind.USAGE,
                          "There is no table " + ref + " at " + config.where() + ".",
                          "write --from CATALOG.NAMESPACE.TABLE as the catalog has it."));
      Snapshot now = table.currentSnapshot();
      if (now == null) {
        throw new HeadwaterException(
            HeadwaterException.Kind.DATA,
            "Table " + ref + " has no rows.",
            "name a table that has some.");
      }
      SnapshotRef at = new SnapshotRef(ref, table.uuid(), now.snapshotId());
      Look look = Reading.of(table, at, now, spec.rows());
      String source = Proposal.name(ref.name());
      return new Beginning(ref.toString(), new Origins.Foreign(ref, properties, source), look);
    }
  }

  private static TableRef ref(String name) {
    String[] parts = name.split("\\.", -1);
    if (parts.length < 3) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "'" + name + "' is neither a file nor a table.",
          "name a file that is there, or a table as CATALOG.NAMESPACE.TABLE.");
    }
    int last = name.lastIndexOf('.');
    try {
      return new TableRef(
          parts[0], name.substring(parts[0].length() + 1, last), name.substring(last + 1));
    } catch (IllegalArgumentException e) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Cannot begin from " + name + ": " + e.getMessage() + ".",
          "name a table as CATALOG.NAMESPACE.TABLE.",
          e);
    }
  }

  /** The catalog as the project around declares it. */
  private static Map<String, String> declared(InitSpec spec, TableRef ref) {
    CatalogDecl declared =
        ProjectFile.around(spec.base())
            .map(folder -> ProjectFile.read(folder).catalogs().get(ref.catalog()))
            .orElse(null);
    if (declared == null) {
      throw new HeadwaterException(
          HeadwaterException.Kind.USAGE,
          "Nothing says where catalog " + ref.catalog() + " is.",
          "write it: --catalog type=rest --catalog uri=https://host; a secret as --catalog"
              + " credential.secret=env/NAME.");
    }
    return declared.properties();
  }
}
