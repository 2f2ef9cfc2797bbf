package dev.headwater.pipelines;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.catalog.registry.Run;
import dev.headwater.columns.Values;
import dev.headwater.files.Decoded;
import dev.headwater.files.RawRow;
import dev.headwater.files.RowSource;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.SourceFiles;
import dev.headwater.ingest.SourceRows;
import dev.headwater.ingest.Sources;
import dev.headwater.pipelines.project.SourceDecl;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.table.FileSplit;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/** Where in the files that a run read a row is: they are read again until enough is found. */
final class SourceFind {
  private static final int MOST = 3;

  private final Stages stages;
  private final TableDecl table;

  SourceFind(Stages stages, TableDecl table) {
    this.stages = stages;
    this.table = table;
  }

  /** The files that a run was the first to read; those that it read, if there is no first. */
  static List<Edge> read(Stages stages, Run run) {
    Set<Edge> before = new LinkedHashSet<>();
    stages
        .workspace()
        .registry()
        .runs()
        .before(run)
        .ifPresent(earlier -> before.addAll(earlier.inputs()));
    List<Edge> read = run.inputs().stream().filter(e -> e.kind().equals("file")).toList();
    List<Edge> fresh = read.stream().filter(e -> !before.contains(e)).toList();
    return fresh.isEmpty() ? read : fresh;
  }

  /**
   * A node for each file that has such rows, or says why it can't be looked into.
   *
   * @param equal what the table has of the row, as it is shown
   */
  List<RowNode> of(List<Edge> files, Map<String, @Nullable Object> equal) {
    List<RowNode> nodes = new ArrayList<>();
    for (Edge file : files) {
      if (nodes.size() == MOST) {
        break;
      }
      RowNode node = file(file, equal);
      if (node != null) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  private @Nullable RowNode file(Edge edge, Map<String, @Nullable Object> equal) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("file", edge.name());
    facts.put("version", edge.version());
    if (!table.steps().isEmpty()) {
      return RowNode.of(
          edge.name(),
          facts,
          List.of("went through " + UserSteps.names(table) + ": no row can be followed behind it"));
    }
    SourceDecl source = Objects.requireNonNull(stages.project().sources().get(table.from()));
    try {
      FileIO io = new SourceStore(stages, source).io();
      Path folder = stages.project().origin().folder();
      List<SourceFile> there = SourceFiles.of(io, folder, edge.name(), source.format().kind());
      List<String> notes = new ArrayList<>();
      if (!there.get(0).version().equals(edge.version())) {
        notes.add("the file has changed since; as it is now:");
      }
      return rows(
          edge.name(), facts, notes, io, Sources.of(io, there, source.format(), null), equal);
    } catch (HeadwaterException e) {
      return RowNode.of(edge.name(), facts, List.of(e.what()));
    }
  }

  private @Nullable RowNode rows(
      String name,
      Map<String, Object> facts,
      List<String> notes,
      FileIO io,
      Sources sources,
      Map<String, @Nullable Object> equal) {
    Schema schema = sources.schema();
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    List<Object> positions = new ArrayList<>();
    boolean text = false;
    for (FileSplit split : sources.splits()) {
      try (RowSource in = SourceRows.open(io, split, sources.format(), schema)) {
        while (in.hasNext() && rows.size() < MOST) {
          Decoded batch = in.next();
          text |= batch.texts() != null;
          take(batch, schema, equal, name, rows, positions, notes);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (rows.isEmpty()) {
      return null;
    }
    facts.put(text ? "bytes" : "positions", positions);
    return new RowNode(name, facts, rows, notes, List.of());
  }

  private void take(
      Decoded batch,
      Schema schema,
      Map<String, @Nullable Object> equal,
      String name,
      List<Map<String, @Nullable Object>> rows,
      List<Object> positions,
      List<String> notes) {
    Map<String, Values> values = RowFind.values(batch.rows());
    for (int row = 0; row < batch.rows().size() && rows.size() < MOST; row++) {
      Map<String, @Nullable Object> shown = shown(schema, values, row);
      if (equal.entrySet().stream()
          .anyMatch(
              e -> shown.containsKey(e.getKey()) && !same(shown.get(e.getKey()), e.getValue()))) {
        continue;
      }
      long position = batch.position(row);
      positions.add(position);
      rows.add(shown);
      RawRow raw = batch.texts() == null ? null : batch.texts().of(row);
      notes.add(
          raw == null
              ? "row " + Stages.grouped(position) + " of the file, counted from 0"
              : line(name, position)
                  + (raw.bytes() == null
                      ? ""
                      : ": " + SafeText.brief(SafeText.shown(raw.bytes()), 200)));
    }
  }

  /** The values by the names that the table has for them. */
  private Map<String, @Nullable Object> shown(Schema schema, Map<String, Values> values, int row) {
    Map<String, @Nullable Object> shown = new LinkedHashMap<>();
    for (Types.NestedField field : schema.columns()) {
      Values of = Objects.requireNonNull(values.get(field.name()));
      shown.put(table.schema().name(field.name()), TableAnswers.shown(field.type(), of.at(row)));
    }
    return shown;
  }

  /** Whether a value is the same in whatever type a file has it. */
  private static boolean same(@Nullable Object a, @Nullable Object b) {
    return Objects.equals(a, b)
        || a != null
            && b != null
            && (a.toString().equals(b.toString())
                || a instanceof Number x
                    && b instanceof Number y
                    && Double.compare(x.doubleValue(), y.doubleValue()) == 0);
  }

  /** Where a text's row is, by its line where the file isn't packed. */
  private String line(String name, long position) {
    String at = "byte " + position;
    Path file = stages.project().origin().folder().resolve(name);
    if (SourceFiles.isStored(name) || name.matches(".*\\.(gz|gzip|zst|zstd|bz2|zip)")) {
      return at;
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      long line = 1;
      for (long i = 0; i < position; i++) {
        line += in.read() == '\n' ? 1 : 0;
      }
      return "line " + line + ", " + at;
    } catch (IOException e) {
      return at;
    }
  }
}
