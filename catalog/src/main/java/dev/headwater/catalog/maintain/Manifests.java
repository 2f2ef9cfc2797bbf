package dev.headwater.catalog.maintain;

import static org.apache.iceberg.TableProperties.MANIFEST_TARGET_SIZE_BYTES;
import static org.apache.iceberg.TableProperties.MANIFEST_TARGET_SIZE_BYTES_DEFAULT;

import dev.headwater.catalog.TableCatalog;
import dev.headwater.catalog.TableRef;
import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.Token;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.PropertyUtil;

/**
 * Many small manifests into few, their files gathered by partition, so that planning opens few. No
 * data file is touched.
 */
public final class Manifests {
  private final TableCatalog catalog;
  private final Committer committer;

  public Manifests(TableCatalog catalog, Committer committer) {
    this.catalog = catalog;
    this.committer = committer;
  }

  /**
   * The data manifests of a table now.
   *
   * @param few how many would do
   */
  public record Count(int manifests, long bytes, int few) {
    /** Whether a rewrite would help. */
    public boolean isTooMany() {
      return manifests > few;
    }
  }

  public Count count(TableRef ref) {
    return count(catalog.load(ref));
  }

  private static Count count(Table table) {
    Snapshot current = table.currentSnapshot();
    List<ManifestFile> all = current == null ? List.of() : current.dataManifests(table.io());
    long bytes = all.stream().mapToLong(ManifestFile::length).sum();
    long target =
        PropertyUtil.propertyAsLong(
            table.properties(), MANIFEST_TARGET_SIZE_BYTES, MANIFEST_TARGET_SIZE_BYTES_DEFAULT);
    // Files of two partitionings never share a manifest.
    long specs = all.stream().mapToInt(ManifestFile::partitionSpecId).distinct().count();
    return new Count(all.size(), bytes, (int) (bytes / target + Math.max(1, specs)));
  }

  /**
   * Rewrites them where they are too many; empty where they are not.
   *
   * @param summary what the snapshot's summary says besides the token
   */
  public Optional<Committed> rewrite(TableRef ref, Token token, Map<String, String> summary) {
    Table now = catalog.load(ref);
    Optional<Committed> there = Committer.find(ref, now, token);
    if (there.isPresent() || !count(now).isTooMany()) {
      return there;
    }
    return Optional.of(
        committer.commit(
            Change.append(ref, token, List.of()).summary(summary),
            table -> table.rewriteManifests().clusterBy(file -> file.partition())));
  }
}
