package dev.headwater.pipelines.project;

import dev.headwater.columns.expr.Select;
import dev.headwater.user.UserObject;
import dev.headwater.validate.Limits;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A table that is made of other tables; rows that break its contract go to its letters.
 *
 * @param text the query that makes it; null where {@link #through} does
 * @param through the user's transform that makes it; null where {@link #text} does
 * @param from the tables that it reads, by name: those of the query, or as they are given
 * @param time the column with the rows' event time, where they have one
 * @param contract the contract's file as written; parsed: {@link Contracts#of(Project, String)}
 * @param limits how many letters it bears before a run that makes them is stopped
 */
public record DerivedDecl(
    String name,
    @Nullable QueryText text,
    @Nullable TableTransform through,
    List<String> from,
    @Nullable String time,
    List<Partition> partition,
    @Nullable String contract,
    Limits limits) {
  public DerivedDecl {
    from = List.copyOf(from);
    partition = List.copyOf(partition);
  }

  /** The query as written; null where a transform makes it. */
  public @Nullable String sql() {
    return text == null ? null : text.toString();
  }

  /** The query. */
  public Select query() {
    return Objects.requireNonNull(text, "no query").parsed();
  }

  /** The transform as an object: its state, and the users' classes that it is made of. */
  UserObject object() {
    return UserObject.of(Objects.requireNonNull(through, "no transform").transform());
  }

  /** The name of its dead letters' table. */
  public String letters() {
    return name + "__letters";
  }
}
