package dev.headwater.catalog.commit;

import dev.headwater.catalog.HeadwaterException;
import java.io.Serializable;
import java.util.List;
import org.apache.iceberg.Snapshot;

/** A last look at what a change comes upon, in the very metadata that is swapped out. */
@FunctionalInterface
public interface BaseCheck extends Serializable {
  /**
   * Returns if the change may come upon this.
   *
   * @param history the main branch, the newest snapshot first
   * @throws HeadwaterException if it may not
   */
  void check(List<Snapshot> history);

  /** Whether a change that brings no files is committed all the same, for what its summary says. */
  default boolean always() {
    return true;
  }

  /** Both. */
  default BaseCheck and(BaseCheck more) {
    return new Both(this, more);
  }

  /** Two of them. */
  record Both(BaseCheck one, BaseCheck other) implements BaseCheck {
    private static final long serialVersionUID = 1;

    @Override
    public void check(List<Snapshot> history) {
      one.check(history);
      other.check(history);
    }

    @Override
    public boolean always() {
      return one.always() || other.always();
    }
  }
}
