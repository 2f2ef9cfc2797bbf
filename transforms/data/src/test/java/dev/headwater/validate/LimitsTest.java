package dev.headwater.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.LetterWatch;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class LimitsTest {
  private static RowBatch letters(int count, String reason) {
    LetterBatch out = new LetterBatch("run", 0);
    for (int i = 0; i < count; i++) {
      out.add(
          new Letter(
              "in/a.csv", i, List.of(new Letter.Reason("min", reason, "d", "-7")), null, null));
    }
    return Objects.requireNonNull(out.take());
  }

  private static void bad(LetterWatch watch, int read, int letters) {
    if (letters > 0) {
      watch.letters(letters(letters, "d is less than 0"));
    }
    watch.rows(read);
  }

  @Test
  void theShareIsLookedAtAfterTheSampleAndNotBefore() {
    LetterWatch watch = new Limits(0.1, Long.MAX_VALUE, 100).watch("orders").open();
    bad(watch, 50, 50);
    bad(watch, 49, 0);

    assertThatThrownBy(() -> bad(watch, 1, 0))
        .isInstanceOfSatisfying(
            HeadwaterException.class,
            e -> assertThat(e.kind()).isEqualTo(HeadwaterException.Kind.DATA))
        .hasMessage(
            "Cannot load orders: 50 of 100 rows that a worker has read so far are letters"
                + " (50.00%), more than max_share 0.1 allows. Most often: d is less than 0 (50,"
                + " e.g. '-7' at in/a.csv:0). Fix: mend the data, the source's format or the"
                + " contract; or raise max_share of its letters, run again and look at them with"
                + " headwater letters orders. Nothing was committed.");

    LetterWatch fine = new Limits(0.5, Long.MAX_VALUE, 100).watch("orders").open();
    bad(fine, 100, 50);
    LetterWatch late = new Limits(0.1, Long.MAX_VALUE, 0).watch("orders").open();
    bad(late, 1_000, 999);
  }

  @Test
  void theCountStopsAtOnce() {
    LetterWatch watch = new Limits(1, 5, 1_000).watch("orders").open();
    bad(watch, 6, 5);
    assertThatThrownBy(() -> bad(watch, 1, 1)).hasMessageContaining("more than max_rows 5 allows");
  }

  @Test
  void ofAStreamOnlyTheLastRowsCount() {
    LetterWatch watch = new Limits(0.5, Long.MAX_VALUE, 1_000).recent("orders").open();
    for (int i = 0; i < 100; i++) {
      bad(watch, 100, 0);
    }
    bad(watch, 400, 400);
    for (int i = 0; i < 20; i++) {
      bad(watch, 100, 0);
    }
    // The 400 are long gone.
    bad(watch, 450, 450);
    assertThatThrownBy(() -> bad(watch, 200, 200)).hasMessageContaining("last rows are letters");
  }

  @Test
  void aWholeRunIsAllowedOrNot() {
    assertThat(Limits.NONE.allows(10, 9)).isTrue();
    assertThat(Limits.NONE.allows(10, 10)).isFalse();
    assertThat(Limits.NONE.allows(0, 0)).isTrue();
    Limits strict = new Limits(0.1, 5, 0).and(new Limits(0.5, 4, 7));
    assertThat(strict).isEqualTo(new Limits(0.1, 4, 0));
    assertThat(strict.allows(100, 4)).isTrue();
    assertThat(strict.allows(100, 5)).isFalse();
    assertThat(strict.allows(30, 4)).isFalse();
    assertThatThrownBy(() -> new Limits(1.5, 1, 1)).hasMessage("a share is 0 to 1, not 1.5");
  }
}
