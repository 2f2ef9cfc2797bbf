package dev.headwater.pipelines;

import dev.headwater.catalog.commit.Edit;
import dev.headwater.columns.Bits;
import dev.headwater.columns.RowBatch;
import dev.headwater.table.Replaced;
import dev.headwater.table.Written;
import dev.headwater.upsert.TableFile;
import dev.headwater.validate.StoredLetter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;

/**
 * Letters without some of them: files that hold such ones, written again.
 *
 * @param gone the ids of those that are out
 * @param files with the others
 */
record LetterRewrite(Set<String> gone, List<DataFile> files, Replaced replaced) {
  /**
   * Writes the files; nothing is committed.
   *
   * @param into the table as it will be
   */
  static LetterRewrite without(
      Table base, Table into, String sink, String run, Predicate<StoredLetter> goes)
      throws IOException {
    Set<String> gone = new HashSet<>();
    List<DataFile> files = new ArrayList<>();
    Replaced replaced = Replaced.NONE;
    for (TableFile file : TableFile.all(base)) {
      boolean[] any = new boolean[1];
      file.read(
          base,
          StoredLetter.columns(base.schema()),
          (batch, first) -> {
            for (StoredLetter letter : StoredLetter.of(batch)) {
              if (goes.test(letter)) {
                gone.add(letter.id());
                any[0] = true;
              }
            }
          });
      if (any[0]) {
        Written written = file.rewrite(into, sink, run, (batch, first) -> stay(batch, goes));
        files.addAll(written.files());
        replaced = replaced.and(written.replaced());
      }
    }
    return new LetterRewrite(gone, files, replaced);
  }

  private static Bits stay(RowBatch batch, Predicate<StoredLetter> goes) {
    long[] words = new long[Bits.words(batch.size())];
    int row = 0;
    for (StoredLetter letter : StoredLetter.of(batch)) {
      if (!goes.test(letter)) {
        words[row >>> 6] |= 1L << row;
      }
      row++;
    }
    return Bits.of(words, batch.size());
  }

  /** What becomes of the table's files. */
  Edit edit(Table base) {
    return new Edit.Rewrite(
        Edit.Rewrite.of(base).base(),
        replaced.files(),
        replaced.deletes(),
        Expressions.alwaysFalse());
  }
}
