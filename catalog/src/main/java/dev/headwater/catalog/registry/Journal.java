package dev.headwater.catalog.registry;

import dev.headwater.catalog.Database;
import dev.headwater.catalog.HeadwaterException;
import dev.headwater.catalog.HeadwaterException.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * An ordered, durable list of payloads that are to be sent on; it keeps them for ever. Sequences
 * grow in the order of the appends' commits, so a reader never meets a smaller one later.
 */
public final class Journal {
  private final Database database;

  Journal(Database database) {
    this.database = database;
  }

  /**
   * What is to be appended.
   *
   * @param key what makes it the same entry when it is appended again
   * @param subject what it is about; entries are found by it
   */
  public record New(String key, String subject, String payload) {}

  /** Appends; the same key again changes nothing and returns the first one's sequence. */
  public long append(String key, String subject, String payload) {
    return append(List.of(new New(key, subject, payload)));
  }

  /**
   * Appends several, all or none, one after the other; a key that is there already changes nothing.
   *
   * @return the last one's sequence
   */
  public long append(List<New> entries) {
    return database.transaction(
        "append to the journal",
        connection -> {
          long last = 0;
          for (New entry : entries) {
            last = append(connection, entry);
          }
          return last;
        });
  }

  private static long append(Connection connection, New entry) throws SQLException {
    // First of all, since this row's lock is what puts appends into their order.
    Sql.update(
        connection, "UPDATE headwater_journal_end SET sequence = sequence + 1 WHERE one = 1");
    Optional<Long> there =
        Sql.first(
            connection,
            row -> row.getLong(1),
            "SELECT sequence FROM headwater_journal WHERE entry_key = ?",
            entry.key());
    if (there.isPresent()) {
      return there.get();
    }
    long sequence =
        Sql.first(
                connection,
                row -> row.getLong(1),
                "SELECT sequence FROM headwater_journal_end WHERE one = 1")
            .orElseThrow();
    Sql.update(
        connection,
        "INSERT INTO headwater_journal (sequence, entry_key, subject, payload, state,"
            + " attempts, written) VALUES (?, ?, ?, ?, ?, 0, ?)",
        sequence,
        entry.key(),
        entry.subject(),
        entry.payload(),
        Entry.State.PENDING,
        Instant.now());
    return sequence;
  }

  /** Whether there is an entry about a subject. */
  public boolean has(String subject) {
    return database.run(
        "read the journal",
        connection ->
            Sql.first(
                    connection,
                    row -> row.getInt(1),
                    "SELECT 1 FROM headwater_journal WHERE subject = ? LIMIT 1",
                    subject)
                .isPresent());
  }

  /**
   * Of a project's newest runs those that are closed without an entry about their end, the oldest
   * first.
   *
   * @param end what stands behind a run's id in the subject of such an entry
   */
  public List<UUID> untold(String project, String end, int newest) {
    return database.run(
        "read the journal",
        connection ->
            Sql.list(
                connection,
                row -> UUID.fromString(row.getString(1)),
                "SELECT r.id FROM (SELECT id, status FROM headwater_runs WHERE project = ?"
                    + " ORDER BY id DESC LIMIT ?) r WHERE r.status <> 'OPEN' AND NOT EXISTS"
                    + " (SELECT 1 FROM headwater_journal j WHERE j.subject = r.id || ?)"
                    + " ORDER BY r.id",
                project,
                newest,
                end));
  }

  /** What is neither delivered nor parked, in order. */
  public List<Entry> pending(int limit) {
    return inState(Entry.State.PENDING, limit);
  }

  /** What was refused and waits for a person, in order. */
  public List<Entry> parked(int limit) {
    return inState(Entry.State.PARKED, limit);
  }

  private List<Entry> inState(Entry.State state, int limit) {
    return query("WHERE state = ? ORDER BY sequence LIMIT ?", state, limit);
  }

  public Optional<Entry> find(long sequence) {
    return query("WHERE sequence = ?", sequence).stream().findFirst();
  }

  /** All entries after a sequence, in order. */
  public List<Entry> after(long sequence, int limit) {
    return query("WHERE sequence > ? ORDER BY sequence LIMIT ?", sequence, limit);
  }

  /** All entries about a subject, in order. */
  public List<Entry> about(String subject) {
    return query("WHERE subject = ? ORDER BY sequence", subject);
  }

  /** The last entry about a subject. */
  public Optional<Entry> newest(String subject) {
    return query("WHERE subject = ? ORDER BY sequence DESC LIMIT 1", subject).stream().findFirst();
  }

  /** An attempt succeeded. */
  public void delivered(long sequence, String answer) {
    attempted(sequence, Entry.State.DELIVERED, answer);
  }

  /** An attempt failed; the entry stays pending. */
  public void failed(long sequence, String answer) {
    attempted(sequence, Entry.State.PENDING, answer);
  }

  /** An attempt was refused; it is not tried again by itself. */
  public void parked(long sequence, String answer) {
    attempted(sequence, Entry.State.PARKED, answer);
  }

  private void attempted(long sequence, Entry.State state, String answer) {
    change(
        "UPDATE headwater_journal SET state = ?, attempts = attempts + 1, answer = ?"
            + " WHERE sequence = ?",
        sequence,
        state,
        answer,
        sequence);
  }

  /**
   * Makes all entries from this one on pending again, in whatever state they are.
   *
   * @return how many there are
   */
  public int rewind(long sequence) {
    return database.run(
        "change the journal",
        connection ->
            Sql.update(
                connection,
                "UPDATE headwater_journal SET state = ? WHERE sequence >= ? AND state <> ?",
                Entry.State.PENDING,
                sequence,
                Entry.State.PENDING));
  }

  /** How many entries are in a state. */
  public long count(Entry.State state) {
    return database.run(
        "read the journal",
        connection ->
            Sql.first(
                    connection,
                    row -> row.getLong(1),
                    "SELECT count(*) FROM headwater_journal WHERE state = ?",
                    state)
                .orElse(0L));
  }

  private void change(String sql, long sequence, Object... values) {
    int changed =
        database.run("change the journal", connection -> Sql.update(connection, sql, values));
    if (changed == 0) {
      throw new HeadwaterException(
          Kind.FAILED,
          "Cannot change entry %d of the journal: there is none.".formatted(sequence),
          "Use the sequence of an entry that was read.");
    }
  }

  private List<Entry> query(String rest, Object... values) {
    return database.run(
        "read the journal",
        connection ->
            Sql.list(
                connection, Journal::entry, "SELECT * FROM headwater_journal " + rest, values));
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getLong("sequence"),
        row.getString("entry_key"),
        row.getString("subject"),
        row.getString("payload"),
        Entry.State.valueOf(row.getString("state")),
        row.getInt("attempts"),
        row.getString("answer"),
        Sql.time(row, "written"));
  }
}
