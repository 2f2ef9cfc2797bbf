package dev.headwater.catalog.maintain;

import dev.headwater.catalog.commit.SummaryKeys;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import org.apache.iceberg.ManifestContent;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.PartitionStatisticsFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StatisticsFile;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.jspecify.annotations.Nullable;

/** Files that expired snapshots have and no other has. */
final class Garbage {
  private final Map<String, Set<String>> files = new LinkedHashMap<>();

  private Garbage() {
    for (String kind :
        List.of("data", "deletes", "manifests", "manifest lists", "statistics", "file lists")) {
      files.put(kind, new TreeSet<>());
    }
  }

  /**
   * Reads what the snapshots refer to.
   *
   * @param before has the statistics of the expired ones
   * @param now may have the expired ones still
   */
  static Garbage of(FileIO io, TableMetadata before, TableMetadata now, List<Snapshot> expired) {
    Garbage garbage = new Garbage();
    Set<Long> ids = expired.stream().map(Snapshot::snapshotId).collect(Collectors.toSet());
    if (expired.isEmpty()) {
      return garbage;
    }
    Map<String, ManifestFile> old = new HashMap<>();
    for (Snapshot snapshot : expired) {
      try {
        snapshot.allManifests(io).forEach(manifest -> old.put(manifest.path(), manifest));
      } catch (NotFoundException e) {
        // Another expiry cleans the same snapshot.
        continue;
      }
      garbage.add("manifest lists", snapshot.manifestListLocation());
    }
    Map<String, ManifestFile> live = new HashMap<>();
    for (Snapshot snapshot : now.snapshots()) {
      if (!ids.contains(snapshot.snapshotId())) {
        snapshot.allManifests(io).forEach(manifest -> live.put(manifest.path(), manifest));
      }
    }
    old.keySet().removeAll(live.keySet());
    old.values().forEach(manifest -> garbage.manifest(io, now, manifest));
    garbage.spare(io, now, live.values());
    garbage.statistics(before, now, ids);
    for (String list : SummaryKeys.LISTS) {
      expired.forEach(s -> garbage.add("file lists", s.summary().get(list)));
      for (Snapshot snapshot : now.snapshots()) {
        if (!ids.contains(snapshot.snapshotId())) {
          garbage.of("file lists").remove(snapshot.summary().getOrDefault(list, ""));
        }
      }
    }
    return garbage;
  }

  private void manifest(FileIO io, TableMetadata now, ManifestFile manifest) {
    try {
      List<String> paths = new ArrayList<>();
      ManifestPaths.each(io, now, manifest, paths::add);
      String kind = manifest.content() == ManifestContent.DATA ? "data" : "deletes";
      paths.forEach(path -> add(kind, path));
      add("manifests", manifest.path());
    } catch (NotFoundException e) {
      // As above.
      return;
    }
  }

  /** Takes away what a living snapshot has too. */
  private void spare(FileIO io, TableMetadata now, Collection<ManifestFile> live) {
    Set<String> data = of("data");
    Set<String> deletes = of("deletes");
    for (ManifestFile manifest : live) {
      if (data.isEmpty() && deletes.isEmpty()) {
        return;
      }
      ManifestPaths.each(
          io,
          now,
          manifest,
          path -> {
            data.remove(path);
            deletes.remove(path);
          });
    }
  }

  private void statistics(TableMetadata before, TableMetadata now, Set<Long> ids) {
    paths(before, ids::contains).forEach(path -> add("statistics", path));
    of("statistics").removeAll(paths(now, id -> !ids.contains(id)));
  }

  private static Set<String> paths(TableMetadata of, LongPredicate wanted) {
    Set<String> paths = new TreeSet<>();
    for (StatisticsFile file : of.statisticsFiles()) {
      if (wanted.test(file.snapshotId())) {
        paths.add(file.path());
      }
    }
    for (PartitionStatisticsFile file : of.partitionStatisticsFiles()) {
      if (wanted.test(file.snapshotId())) {
        paths.add(file.path());
      }
    }
    return paths;
  }

  private Set<String> of(String kind) {
    return files.computeIfAbsent(kind, k -> new TreeSet<>());
  }

  private void add(String kind, @Nullable String path) {
    if (path != null) {
      of(kind).add(path);
    }
  }

  Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    files.forEach((kind, paths) -> counts.put(kind, paths.size()));
    return counts;
  }

  /** Deletes all of it, data before what names it; what could not be deleted. */
  List<String> delete(FileIO io) {
    List<String> left = new ArrayList<>();
    files.values().forEach(paths -> left.addAll(Deletions.of(io, paths)));
    return left;
  }
}
