package dev.headwater.pipelines.init;

import dev.headwater.catalog.HeadwaterException;
import dev.headwater.sketch.ColumnSummary;
import dev.headwater.sketch.ColumnSummary.Points;
import dev.headwater.sketch.ColumnSummary.Spread;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * When rows happened, and where a model's training ends: four of five rows are before it.
 *
 * @param column a timestamp
 * @param reasons why it was taken, in sentences
 * @param least the first row's time
 * @param trainUntil what is before trains
 * @param holdoutUntil what is before, and not for training, is held out
 */
record TimeGuess(
    String column,
    List<String> reasons,
    LocalDateTime least,
    LocalDateTime trainUntil,
    LocalDateTime holdoutUntil) {
  private static final double TRAIN = 0.8;
  private static final Duration MONTH = Duration.ofDays(30);
  private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);

  TimeGuess {
    reasons = List.copyOf(reasons);
  }

  private record Candidate(String name, ColumnSummary summary, Points points) {
    double nulls() {
      return (double) summary.nulls() / Math.max(1, summary.nulls() + summary.values());
    }
  }

  /**
   * The column that tells it best, if one does.
   *
   * @param asked the one that is named; null: guessed
   */
  static Optional<TimeGuess> of(Look look, @Nullable String asked) {
    List<Candidate> all = candidates(look);
    if (asked != null) {
      Candidate named =
          all.stream()
              .filter(c -> c.name().equals(asked))
              .findFirst()
              .orElseThrow(() -> noTime(asked, look, all));
      return Optional.of(of(named, List.of("--time names it.")));
    }
    return all.stream()
        .min(
            Comparator.<Candidate>comparingInt(c -> -Words.happened(c.name()))
                .thenComparingDouble(Candidate::nulls))
        .map(best -> of(best, reasons(best, all)));
  }

  private static List<String> reasons(Candidate best, List<Candidate> all) {
    List<String> out = new ArrayList<>();
    if (all.size() == 1) {
      out.add("The only timestamp.");
    } else {
      List<String> others =
          all.stream().map(Candidate::name).filter(n -> !n.equals(best.name())).toList();
      out.add(
          "Taken before "
              + String.join(", ", others)
              + (Words.happened(best.name()) > 0
                  ? ": its name says when something happened."
                  : ": it has the fewest nulls."));
    }
    if (best.nulls() > 0) {
      out.add(Texts.share(best.nulls()) + " of the rows have none, and are not trained on.");
    }
    return out;
  }

  private static List<Candidate> candidates(Look look) {
    List<Candidate> out = new ArrayList<>();
    for (Types.NestedField field : look.columns()) {
      ColumnSummary summary =
          field.type().typeId() == Type.TypeID.TIMESTAMP
              ? look.column(field.name()).orElse(null)
              : null;
      Spread spread = summary == null ? null : summary.spread();
      Points points = spread == null ? null : spread.points();
      if (summary != null && spread != null && points != null && spread.distinct() > 1) {
        out.add(new Candidate(field.name(), summary, points));
      }
    }
    return out;
  }

  private static TimeGuess of(Candidate best, List<String> reasons) {
    LocalDateTime least = time(best.points().quantile(0));
    LocalDateTime greatest = time(best.points().quantile(1));
    LocalDateTime cut = time(best.points().quantile(TRAIN));
    ChronoUnit unit =
        Duration.between(least, greatest).compareTo(MONTH) > 0
            ? ChronoUnit.DAYS
            : ChronoUnit.SECONDS;
    // The first moment that is not for training; there must be rows on both sides.
    LocalDateTime until = cut.truncatedTo(unit).plus(1, unit);
    until = until.isAfter(greatest) ? greatest : until;
    return new TimeGuess(
        best.name(), reasons, least, until, greatest.truncatedTo(ChronoUnit.DAYS).plusDays(1));
  }

  private static LocalDateTime time(@Nullable Object micros) {
    return micros == null ? EPOCH : EPOCH.plus((Long) micros, ChronoUnit.MICROS);
  }

  private static HeadwaterException noTime(String asked, Look look, List<Candidate> all) {
    return new HeadwaterException(
        HeadwaterException.Kind.USAGE,
        look.schema().findField(asked) == null
            ? "There is no column '" + asked + "' for --time."
            : "Column '" + asked + "' is no timestamp, or always the same.",
        all.isEmpty()
            ? "leave out --time: there is no timestamp."
            : "name one of " + String.join(", ", all.stream().map(Candidate::name).toList()) + ".");
  }
}
