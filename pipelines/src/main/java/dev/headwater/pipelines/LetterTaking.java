package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Change;
import dev.headwater.catalog.commit.Committed;
import dev.headwater.catalog.commit.Committer;
import dev.headwater.catalog.commit.OvertakenException;
import dev.headwater.catalog.commit.SummaryKeys;
import dev.headwater.catalog.commit.Token;
import dev.headwater.ingest.UponFiles;
import dev.headwater.parquet.FooterCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.iceberg.Table;

/**
 * The letters of a run that another one came before: they were committed before the table was asked
 * for the last time, and go again. Doing it again changes nothing.
 */
final class LetterTaking {
  private final LetterTable letters;
  private final Token token;

  /**
   * Of a run.
   *
   * @param table what the run's commit of its table is known by
   */
  LetterTaking(LetterTable letters, Token table) {
    this.letters = letters;
    this.token = table.derived("letters");
  }

  private Optional<Committed> committed() {
    return letters.find().flatMap(now -> Committer.find(letters.ref(), now, token));
  }

  /**
   * Looks whether a run that was interrupted can be finished.
   *
   * @throws OvertakenException if its letters are of other files than it would read now
   */
  void check(UponFiles upon) {
    committed()
        .map(letter -> letter.summary().get(SummaryKeys.UPON))
        .filter(then -> !then.equals(upon.seen()))
        .ifPresent(
            then -> {
              throw new OvertakenException(upon.table(), upon.seen(), then);
            });
  }

  /** Takes them back. */
  void back() {
    if (committed().isEmpty()) {
      return;
    }
    Recompute.whileMoving(
        () -> {
          try {
            once();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void once() throws IOException {
    Table base = letters.catalog().load(letters.ref());
    // Of another run: this one may be ended for good.
    Token back = new Token(token.sink() + ".back", "of-" + token.run(), token.fingerprint());
    LetterRewrite rest =
        LetterRewrite.without(
            base, base, back.sink(), token.run(), letter -> letter.run().equals(token.run()));
    if (!rest.gone().isEmpty()) {
      new Committer(letters.catalog(), new FooterCheck())
          .commit(Change.of(letters.ref(), rest.edit(base), back, rest.files()));
    }
  }
}
