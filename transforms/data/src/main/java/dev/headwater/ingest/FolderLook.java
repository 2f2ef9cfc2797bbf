package dev.headwater.ingest;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.commit.BaseMovedException;
import dev.headwater.catalog.commit.Evolution;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.catalog.commit.Token;
import dev.headwater.table.NewColumns;
import dev.headwater.table.RowFit;
import dev.headwater.table.SplitGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.SerializableTable;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** What a folder has that its table lacks. One thread. */
final class FolderLook {
  /** More files or bytes make several rounds, so that commits come while much is read. */
  private static final int MOST_FILES = 1_000;

  private static final long MOST_BYTES = 4L << 30;
  private static final long PIECE = 64L << 20;
  private static final Seen NOTHING = new Seen(null, List.of());

  /** What is new; a null and no pieces where nothing is. */
  record Seen(@Nullable Round round, List<Round.Piece> pieces) {}

  private final IngestFolder how;
  private @Nullable String known;
  private LandedFiles landed = LandedFiles.none();

  FolderLook(IngestFolder how) {
    this.how = how;
  }

  /**
   * Looks at both.
   *
   * @param told the commit upon which a round is on its way
   * @throws HeadwaterException DATA if a file has changed since its rows came, can't be read, or
   *     has columns that don't fit
   */
  Seen at(TableCatalog open, @Nullable String told) {
    Table now = open.load(how.table);
    UponFiles upon = UponFiles.of(how.table, Optional.of(now), how.sink);
    if (upon.seen().equals(told)) {
      return NOTHING;
    }
    if (!upon.seen().equals(known)) {
      how.letters().finish(open, now);
      landed = LandedFiles.of(now, how.sink).orElse(LandedFiles.none());
      known = upon.seen();
    }
    Map<String, SourceFile> here = new LinkedHashMap<>();
    Set<String> young = new LinkedHashSet<>();
    for (SourceFile file : how.files()) {
      if (file.version().isEmpty()) {
        young.add(how.name(file));
      } else {
        here.put(how.name(file), file);
      }
    }
    Map<String, SourceFile> come = new LinkedHashMap<>(here);
    come.keySet().removeIf(name -> has(name, here));
    Set<String> renamed = landed.renamed(come, here.keySet(), young).keySet();
    List<SourceFile> read = some(come, renamed);
    return come.isEmpty() ? NOTHING : round(open, now, upon, come, read);
  }

  private boolean has(String name, Map<String, SourceFile> here) {
    LandedFiles.Landed there = landed.files().get(name);
    SourceFile file = here.get(name);
    if (there == null || file == null) {
      return false;
    }
    if (!there.version().equals(file.version())) {
      throw new HeadwaterException(
          Kind.DATA,
          "Cannot append " + name + ": it has changed since its rows were appended.",
          "give new rows a file of their own.");
    }
    return true;
  }

  /** Leaves as many as one round has; those of them that are to be read. */
  private static List<SourceFile> some(Map<String, SourceFile> come, Set<String> renamed) {
    List<SourceFile> read = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    long bytes = 0;
    for (Map.Entry<String, SourceFile> file : come.entrySet()) {
      long size = renamed.contains(file.getKey()) ? 0 : file.getValue().size();
      if (!names.isEmpty() && (names.size() == MOST_FILES || bytes + size > MOST_BYTES)) {
        break;
      }
      names.add(file.getKey());
      bytes += size;
      if (!renamed.contains(file.getKey())) {
        read.add(file.getValue());
      }
    }
    come.keySet().retainAll(names);
    return read;
  }

  private Seen round(
      TableCatalog open,
      Table now,
      UponFiles upon,
      Map<String, SourceFile> come,
      List<SourceFile> read) {
    List<String> content = new ArrayList<>(List.of(upon.seen()));
    come.forEach((name, file) -> content.add(name + " " + file.version()));
    String id = Token.ofContent(how.sink, content).run();
    Table into = now;
    Sources sources = null;
    Map<String, RowFit.Factory> fits = Map.of();
    if (!read.isEmpty()) {
      SchemaPolicy policy = how.policy;
      sources = Sources.of(how.io, read, how.format, policy.withOldNames(now.schema()));
      Evolution evolution = Evolution.of(now, sources.arrivals(), policy);
      if (policy.orElse() == SchemaPolicy.Else.STOP) {
        evolution.orStop("table " + how.table, "schema");
      }
      try {
        into = NewColumns.of(how.table, now, policy, evolution).commit(open, how.sink);
      } catch (BaseMovedException e) {
        // Others change the columns too: the next look sees theirs.
        return NOTHING;
      }
      fits = how.fit.each(sources.arrivals(), evolution, policy, into.schema());
    }
    List<SplitGroup> groups = sources == null ? List.of() : sources.groups(PIECE, 2);
    if (groups.isEmpty()) {
      // Files without a row are in the table too.
      groups = List.of(new SplitGroup(List.of()));
    }
    Round round =
        new Round(
            id,
            upon,
            come,
            read,
            groups.size(),
            SerializableTable.copyOf(into),
            sources == null ? how.format : sources.format(),
            fits);
    return new Seen(round, groups.stream().map(g -> new Round.Piece(round, g)).toList());
  }
}
