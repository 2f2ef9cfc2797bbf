package dev.headwater.pipelines;

import dev.headwater.catalog.SchemeFileIO;
import dev.headwater.catalog.TableRef;
import dev.headwater.files.Infer;
import dev.headwater.files.Sniff;
import dev.headwater.files.SourceColumn;
import dev.headwater.files.SourceFormat;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.Sources;
import dev.headwater.pipelines.project.CatalogDecl;
import dev.headwater.pipelines.project.ProjectFile;
import dev.headwater.pipelines.project.Proposal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * What files hold, found out from their footers or a sample, as a source and a table that can be
 * kept in the project file. Nothing is written.
 *
 * @param base where relative paths begin
 * @param folder from where the proposal names files: the project's
 * @param project the name of a project to begin with; null where there is one
 * @param io reads the files
 */
public record Inference(Path base, Path folder, @Nullable String project, FileIO io) {
  /**
   * For files that are named from a folder, within a project or not.
   *
   * @param stored whether there are files in a store: these the project's own catalog reaches
   */
  public static Inference in(Path folder, boolean stored) {
    Path base = folder.toAbsolutePath().normalize();
    Optional<Path> around = ProjectFile.around(base);
    if (around.isEmpty()) {
      Path name = base.getFileName();
      String project = Proposal.name(name == null ? "" : name.toString());
      return new Inference(base, base, project, new SchemeFileIO());
    }
    CatalogDecl own =
        stored ? ProjectFile.read(around.get()).catalogs().get(TableRef.DEFAULT_CATALOG) : null;
    FileIO io = own == null ? new SchemeFileIO() : SchemeFileIO.of(own.config());
    return new Inference(base, around.get(), null, io);
  }

  /**
   * What was found.
   *
   * @param named the files' paths as a project file has them
   * @param sources the files with their columns and pieces
   * @param head what is said of all of them
   * @param notes what is to be known of a column, by its name
   * @param looked how many rows the types were found out from; all, where files say their columns
   */
  public record Found(
      List<String> named,
      Sources sources,
      List<String> head,
      Map<String, List<String>> notes,
      long looked) {}

  /**
   * What there is to know of these files.
   *
   * @param paths files, folders or globs
   * @param kind of the files; null: as they are
   * @param name of the table; null: after the files
   * @param rows how many of each file are looked at
   */
  public Answer of(
      List<String> paths, SourceFormat.@Nullable Kind kind, @Nullable String name, int rows) {
    Found found = find(paths, kind, rows);
    String table = name == null ? InferredPaths.name(found.named().get(0)) : name;
    String time = time(found.sources().schema());
    Proposal proposal = new Proposal(project, table, found.named(), found.sources().format(), time);
    StringBuilder text = new StringBuilder();
    found.head().forEach(line -> text.append("# ").append(line).append('\n'));
    text.append(proposal.yaml(column -> found.notes().getOrDefault(column, List.of())));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("files", found.sources().files().size());
    data.put("rows", found.looked());
    data.put("notes", found.notes());
    data.put("proposal", proposal.data());
    return Answer.of(data, new Answer.Block.Line(text.toString().stripTrailing()));
  }

  /**
   * The files and their columns.
   *
   * @param paths files, folders or globs
   * @param kind of the files; null: as they are
   * @param rows how many of each file are looked at, where it doesn't say its columns itself
   */
  public Found find(List<String> paths, SourceFormat.@Nullable Kind kind, int rows) {
    List<SourceFile> files = new ArrayList<>();
    SourceFormat.Kind listed = InferredPaths.kind(this, paths, kind, files);
    List<String> named = InferredPaths.of(this, paths, files, listed);
    InputFile first = io.newInputFile(files.get(0).path());
    SourceFormat plain = Proposal.format(named);
    SourceFormat.Kind is = kind == null ? Sniff.kind(first) : kind;
    plain = is == plain.kind() ? plain : SourceFormat.of(is);
    return is.isText()
        ? text(files, named, Sniff.format(first, plain), rows)
        : columnar(files, named, plain);
  }

  private Found text(List<SourceFile> files, List<String> paths, SourceFormat plain, int most) {
    List<InputFile> inputs = files.stream().map(file -> io.newInputFile(file.path())).toList();
    Infer sample = Infer.of(inputs, plain, most);
    SourceFormat format = sample.format(true);
    Sources sources = Sources.of(io, files, format, null);
    List<String> head = new ArrayList<>();
    head.add(
        String.format(
            Locale.ROOT,
            "%s, %,d rows looked at of about %,d, %s",
            count(files),
            sample.rows(),
            Math.max(sources.rows(), sample.rows()),
            size(files)));
    if (sample.bad() > 0) {
      head.add(
          "rows that can't be read whatever their types are, and will be letters: " + sample.bad());
    }
    if (format.kind() == SourceFormat.Kind.CSV && !format.header()) {
      head.add("its first line looks like a row, so the columns are counted: name them");
    }
    Map<String, List<String>> notes = new LinkedHashMap<>();
    for (SourceColumn column : format.columns()) {
      notes.put(column.name(), sample.notes(column.name()));
    }
    return new Found(paths, sources, head, notes, sample.rows());
  }

  private Found columnar(List<SourceFile> files, List<String> paths, SourceFormat plain) {
    Sources sources = Sources.of(io, files, plain, null);
    List<String> head = new ArrayList<>();
    head.add(
        String.format(Locale.ROOT, "%s, %,d rows, %s", count(files), sources.rows(), size(files)));
    head.add("the files say their columns:");
    sources
        .schema()
        .columns()
        .forEach(
            column -> head.add("  " + SourceColumn.of(column.name(), column.type(), null).text()));
    return new Found(paths, sources, head, Map.of(), sources.rows());
  }

  private static String count(List<SourceFile> files) {
    return files.size() == 1 ? "1 file" : files.size() + " files";
  }

  private static String size(List<SourceFile> files) {
    double bytes = files.stream().mapToLong(SourceFile::size).sum();
    return String.format(
        Locale.ROOT, bytes < 1e6 ? "%,.0f bytes" : "%,.1f MB", bytes < 1e6 ? bytes : bytes / 1e6);
  }

  /** A table's name after a file, or after the folder of several. */
  public static String name(String path) {
    return InferredPaths.name(path);
  }

  /** The only column with times. */
  static @Nullable String time(Schema schema) {
    List<String> times =
        schema.columns().stream()
            .filter(column -> column.type().typeId() == Type.TypeID.TIMESTAMP)
            .map(Types.NestedField::name)
            .toList();
    return times.size() == 1 ? times.get(0) : null;
  }
}
