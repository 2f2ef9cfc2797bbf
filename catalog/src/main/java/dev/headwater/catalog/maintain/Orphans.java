package dev.headwater.catalog.maintain;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.SummaryKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Files in a table's folder that nothing refers to: what killed runs and lost answers left. A young
 * file may be about to be committed, and so may those of a run that is open; both stay.
 */
public final class Orphans {
  private final TableCatalog catalog;

  public Orphans(TableCatalog catalog) {
    this.catalog = catalog;
  }

  /** A file that nobody refers to. */
  public record Orphan(String location, long bytes, Instant changed) {}

  /**
   * The orphans, by location.
   *
   * @param before only files that were last changed before
   * @param openRuns ids of runs; files with one of them as a folder stay
   * @throws HeadwaterException USAGE if the table's files cannot be listed
   */
  public List<Orphan> find(TableRef ref, Instant before, Set<String> openRuns) {
    Table table = catalog.load(ref);
    Map<String, Orphan> orphans = new TreeMap<>();
    // First the files, then what refers to them: what is committed in between is seen.
    for (String folder : folders(table)) {
      for (FileInfo file : list(ref, table, folder)) {
        Instant changed = Instant.ofEpochMilli(file.createdAtMillis());
        if (changed.isBefore(before) && !isOfRun(file.location(), openRuns)) {
          orphans.put(
              Locations.path(file.location()), new Orphan(file.location(), file.size(), changed));
        }
      }
    }
    for (String other : others(ref)) {
      orphans.keySet().removeIf(path -> path.startsWith(Locations.path(other) + "/"));
    }
    if (!orphans.isEmpty()) {
      references(catalog.load(ref), orphans);
    }
    return List.copyOf(orphans.values());
  }

  /** Deletes them; the locations of those that could not be deleted. */
  public List<String> delete(TableRef ref, List<Orphan> orphans) {
    return Deletions.of(catalog.load(ref).io(), orphans.stream().map(Orphan::location).toList());
  }

  private static List<String> folders(Table table) {
    List<String> folders = new ArrayList<>(List.of(table.location()));
    for (String property :
        List.of(TableProperties.WRITE_DATA_LOCATION, TableProperties.WRITE_METADATA_LOCATION)) {
      String elsewhere = table.properties().get(property);
      if (elsewhere != null && !isBelow(elsewhere, table.location())) {
        folders.add(elsewhere);
      }
    }
    return folders;
  }

  private static Iterable<FileInfo> list(TableRef ref, Table table, String folder) {
    if (table.io() instanceof SupportsPrefixOperations files) {
      return files.listPrefix(folder.endsWith("/") ? folder : folder + "/");
    }
    throw new HeadwaterException(
        Kind.USAGE,
        "Cannot look for orphans of table %s: %s lists no files."
            .formatted(ref, table.io().getClass().getSimpleName()),
        "Give the catalog an io-impl that does, as S3FileIO.");
  }

  private static boolean isOfRun(String location, Set<String> runs) {
    return runs.stream().anyMatch(run -> location.contains("/" + run + "/"));
  }

  /** Where other tables of the name space lie that have their folder within this one's. */
  private List<String> others(TableRef ref) {
    String home = catalog.load(ref).location();
    return catalog.list(ref.namespace()).stream()
        .filter(other -> !other.equals(ref))
        .flatMap(other -> catalog.find(other).stream())
        .map(Table::location)
        .filter(location -> isBelow(location, home))
        .toList();
  }

  private static boolean isBelow(String location, String folder) {
    return Locations.path(location).startsWith(Locations.path(folder) + "/");
  }

  /** Takes away all that the table's metadata refers to. */
  private static void references(Table table, Map<String, Orphan> orphans) {
    TableMetadata now = ((HasTableOperations) table).operations().current();
    spare(orphans, now.metadataFileLocation());
    now.previousFiles().forEach(file -> spare(orphans, file.file()));
    now.statisticsFiles().forEach(file -> spare(orphans, file.path()));
    now.partitionStatisticsFiles().forEach(file -> spare(orphans, file.path()));
    orphans.keySet().removeIf(path -> path.endsWith("/metadata/version-hint.text"));
    Map<String, ManifestFile> manifests = new HashMap<>();
    for (Snapshot snapshot : now.snapshots()) {
      if (snapshot.manifestListLocation() != null) {
        spare(orphans, snapshot.manifestListLocation());
      }
      for (String list : SummaryKeys.LISTS) {
        String files = snapshot.summary().get(list);
        if (files != null) {
          spare(orphans, files);
        }
      }
      snapshot.allManifests(table.io()).forEach(file -> manifests.put(file.path(), file));
    }
    manifests.keySet().forEach(path -> spare(orphans, path));
    for (ManifestFile manifest : manifests.values()) {
      if (orphans.isEmpty()) {
        return;
      }
      ManifestPaths.each(table.io(), now, manifest, path -> spare(orphans, path));
    }
  }

  private static void spare(Map<String, Orphan> orphans, String location) {
    orphans.remove(Locations.path(location));
  }
}
