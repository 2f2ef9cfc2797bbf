package dev.headwater.table;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import dev.headwater.catalog.commit.SchemaPolicy;
import dev.headwater.columns.RowBatch;
import org.apache.iceberg.Schema;
import org.jspecify.annotations.Nullable;

/** Batches under the names that a policy gives their columns. One thread. */
@SuppressWarnings("ReferenceEquality") // batches of one source share one schema object
final class Renaming {
  private final @Nullable SchemaPolicy policy;
  private @Nullable Schema last;
  private @Nullable Schema renamed;

  /**
   * By a policy.
   *
   * @param policy null: as they are
   */
  Renaming(@Nullable SchemaPolicy policy) {
    this.policy = policy;
  }

  /**
   * Looks whether a stream without letters can have this policy.
   *
   * @throws HeadwaterException USAGE if not
   */
  static SchemaPolicy checked(Object into, SchemaPolicy policy) {
    if (policy.orElse() == SchemaPolicy.Else.LETTERS) {
      throw new HeadwaterException(
          Kind.USAGE,
          "Cannot write a stream into "
              + into
              + " by this schema policy: it sends rows to the letters, and there are none.",
          "take else: stop, and send such rows to the dead letters before.");
    }
    return policy;
  }

  RowBatch of(RowBatch batch) {
    if (policy == null || policy.rename().isEmpty()) {
      return batch;
    }
    if (batch.schema() != last || renamed == null) {
      last = batch.schema();
      renamed = policy.renamed(last);
    }
    return batch.as(renamed);
  }
}
