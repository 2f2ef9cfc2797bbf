package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Arrival;
import dev.headwater.catalog.registry.Edge;
import dev.headwater.files.SourceFormat;
import dev.headwater.ingest.SourceFile;
import dev.headwater.ingest.Sources;
import dev.headwater.ingest.Through;
import dev.headwater.ingest.UponFiles;
import dev.headwater.pipelines.project.TableDecl;
import dev.headwater.table.SplitGroup;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.types.Types.NestedField;
import org.jspecify.annotations.Nullable;

/**
 * What a run of an ingest reads, and what becomes of it.
 *
 * @param sources the files that it reads
 * @param read the columns that the transforms get
 * @param through the user's transforms, perhaps none
 * @param arrivals what comes to the table: the files, or what the transforms make of them
 * @param append whether the rows come to those that are in the table
 * @param upon what the table says of its files, from which all this follows
 * @param says what the table's snapshot says of the files
 */
record Landing(
    Sources sources,
    Schema read,
    Through through,
    List<Arrival> arrivals,
    boolean append,
    UponFiles upon,
    Function<Table, Map<String, String>> says) {
  /**
   * Of a run's files.
   *
   * @param landed those of them that are in the table already, if it needs only the others
   * @param known the table's columns, whose types stay; null if there is none
   * @param upon what the table said before it was asked which files it has
   */
  static Landing of(
      FileIO io,
      Map<Edge, SourceFile> files,
      Set<Edge> landed,
      TableDecl table,
      SourceFormat format,
      @Nullable Schema known,
      UponFiles upon) {
    if (table.steps().isEmpty()) {
      Sources sources = Sources.of(io, without(files, landed), format, known);
      return new Landing(
          sources,
          new Schema(),
          UserSteps.of(table),
          sources.arrivals(),
          !landed.isEmpty(),
          upon,
          t -> Map.of());
    }
    // A transform sees the same columns whichever of the files it gets.
    Sources all = Sources.of(io, List.copyOf(files.values()), format, null);
    Through through = UserSteps.of(table);
    Schema read = all.schema();
    Through.Outcome outcome = through.outcome(read);
    // One that lets rows meet must see those of the old files too.
    boolean append = outcome.rowByRow() && !landed.isEmpty();
    Sources sources = append ? Sources.of(io, without(files, landed), all.format(), null) : all;
    Set<String> nulls = new HashSet<>();
    outcome.schema().columns().stream()
        .filter(NestedField::isOptional)
        .forEach(field -> nulls.add(field.name()));
    Arrival arrival = new Arrival("what its transforms give", outcome.schema(), nulls);
    return new Landing(sources, read, through, List.of(arrival), append, upon, t -> Map.of());
  }

  private static List<SourceFile> without(Map<Edge, SourceFile> files, Set<Edge> landed) {
    return files.entrySet().stream()
        .filter(file -> !landed.contains(file.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  Landing says(Function<Table, Map<String, String>> ofTheFiles) {
    return new Landing(sources, read, through, arrivals, append, upon, ofTheFiles);
  }

  boolean stepped() {
    return !through.steps().isEmpty();
  }

  /** The row groups for so many workers: for users' transforms, which hold rows, few at a time. */
  List<SplitGroup> groups(int workers) {
    return stepped()
        ? sources.groups(Long.MAX_VALUE / 2, workers)
        : sources.groups(Stages.GROUP_BYTES, 2 * workers);
  }
}
