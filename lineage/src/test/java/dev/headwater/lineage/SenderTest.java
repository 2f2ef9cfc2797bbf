package dev.headwater.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import io.openlineage.client.transports.HttpConfig;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SenderTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private final MemoryJournal journal = new MemoryJournal();
  private final List<String> appended = new ArrayList<>();

  /** Events that tell themselves apart, as they reach the server. */
  private void append(int from, int to) {
    List<String> events = new ArrayList<>();
    for (int i = from; i < to; i++) {
      events.add(
          Events.in("dev")
              .ended(
                  RunFacts.run(Flights.id(i), JobName.of("p", "ingest", "t" + i), Flights.T0)
                      .ended(RunFacts.Status.COMPLETED, Flights.T0)
                      .build()));
    }
    events.forEach(e -> appended.add(target(e)));
    journal.append("a run", events);
  }

  private static String target(String event) {
    return Schemas.parse(event).at("/job/name").asText();
  }

  private static List<String> targets(List<String> events) {
    return events.stream().map(SenderTest::target).toList();
  }

  private static Destination http(String url) {
    HttpConfig config = new HttpConfig();
    config.setUrl(URI.create(url));
    config.setTimeoutInMillis(300);
    return Destinations.open(config, "a test");
  }

  /** In order, and more than once only directly after itself. */
  private static void assertRepeatsOnly(List<String> targets, List<String> expected) {
    List<String> once = new ArrayList<>();
    for (String target : targets) {
      if (once.isEmpty() || !once.get(once.size() - 1).equals(target)) {
        once.add(target);
      }
    }
    assertThat(once).containsExactlyElementsOf(expected);
  }

  @Test
  void deliversAllInOrder() {
    append(0, 80);
    try (LineageServer server = LineageServer.answering(201);
        Sender sender = Sender.start(journal, http(server.url()))) {
      assertThat(sender.flush(LONG))
          .isEqualTo(new FlushReport(server.accepted().size(), 0, 0, null, false));
      assertThat(targets(server.accepted())).isEqualTo(appended);
    }
    assertThat(journal.counts()).isEqualTo(new Journal.Counts(0, 0));
    assertThat(journal.sent()).isEqualTo(80);
  }

  @Test
  void deliversWhatIsAppendedWhileARunGoesOn() throws InterruptedException {
    try (LineageServer server = LineageServer.answering(201);
        Sender sender = Sender.start(journal, http(server.url()))) {
      append(0, 3);
      sender.wake();
      append(3, 6);
      sender.wake();
      long until = System.nanoTime() + LONG.toNanos();
      while (journal.counts().pending() > 0) {
        assertThat(System.nanoTime()).as("delivered in time").isLessThan(until);
        TimeUnit.MILLISECONDS.sleep(5);
      }
      assertRepeatsOnly(targets(server.seen()), appended);
    }
  }

  @Test
  void aServerInTroubleGetsAllInOrderWithRepeatsOnly() {
    append(0, 12);
    // Every third request fails: no answer at all (though the event was taken), 500, 503, 429.
    int[] bad = {0, 500, 503, 429};
    LineageServer.Behaviour flaky =
        (request, event) -> request % 3 == 0 ? bad[(request / 3) % 4] : 201;
    try (LineageServer server = new LineageServer(0, flaky);
        Sender sender = Sender.start(journal, http(server.url()))) {
      FlushReport report = sender.flush(LONG);
      assertThat(report.pending()).isZero();
      assertThat(report.lastError()).isNull();
      assertRepeatsOnly(targets(server.accepted()), appended);
      assertRepeatsOnly(targets(server.seen()), appended);
    }
    assertThat(journal.counts()).isEqualTo(new Journal.Counts(0, 0));
    assertThat(journal.sent()).isEqualTo(12);
  }

  @Test
  void whatIsRefusedIsParkedWithTheAnswerAndTheRestGoesOn() {
    append(0, 5);
    LineageServer.Behaviour picky = (request, event) -> target(event).endsWith("t2") ? 422 : 201;
    try (LineageServer server = new LineageServer(0, picky);
        Sender sender = Sender.start(journal, http(server.url()))) {
      FlushReport report = sender.flush(LONG);
      assertThat(report.parked()).isEqualTo(1);
      assertThat(report.pending()).isZero();
      assertThat(targets(server.accepted()))
          .containsExactly("p.ingest.t0", "p.ingest.t1", "p.ingest.t3", "p.ingest.t4");
    }
    assertThat(journal.parked(10)).hasSize(1);
    assertThat(journal.parked(10).get(0).answer()).isEqualTo("422 answer 422");
  }

  @Test
  void aRewindSendsTheParkedOneAndAllAfterItAgain() {
    append(0, 4);
    int[] status = {422};
    LineageServer.Behaviour mended =
        (request, event) -> target(event).endsWith("t1") ? status[0] : 201;
    try (LineageServer server = new LineageServer(0, mended);
        Sender sender = Sender.start(journal, http(server.url()))) {
      sender.flush(LONG);
      status[0] = 201;
      journal.rewind(journal.parked(1).get(0).sequence());
      assertThat(sender.flush(LONG)).isEqualTo(new FlushReport(3, 0, 0, null, false));
      assertThat(targets(server.accepted()))
          .containsExactly(
              "p.ingest.t0",
              "p.ingest.t2",
              "p.ingest.t3",
              "p.ingest.t1",
              "p.ingest.t2",
              "p.ingest.t3");
    }
  }

  /** A flush on a busy machine may end before anything was tried. */
  private static FlushReport untilItSays(Sender sender, String words) {
    long until = System.nanoTime() + LONG.toNanos();
    FlushReport report;
    do {
      report = sender.flush(Duration.ofMillis(400));
    } while (!String.valueOf(report.lastError()).contains(words) && System.nanoTime() < until);
    return report;
  }

  @Test
  void withoutAServerAFlushEndsInTimeAndAllStaysPending() {
    int port;
    try (LineageServer server = LineageServer.answering(200)) {
      port = server.port();
    }
    append(0, 3);
    try (Sender sender = Sender.start(journal, http("http://127.0.0.1:" + port))) {
      long start = System.nanoTime();
      sender.flush(Duration.ofSeconds(2));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(50));
      FlushReport report = untilItSays(sender, "Connection refused");
      assertThat(report.delivered()).isZero();
      assertThat(report.pending()).isEqualTo(3);
      assertThat(report.lastError()).contains("Connection refused");
      assertThat(report.away()).isTrue();
    }
    assertThat(journal.pending(10).get(0).attempts()).isPositive();
    assertThat(journal.counts().pending()).isEqualTo(3);
  }

  @Test
  void aServerThatDoesNotAnswerHoldsNobodyUp() {
    append(0, 3);
    CountDownLatch never = new CountDownLatch(1);
    LineageServer.Behaviour silent =
        (request, event) -> {
          never.await();
          return 200;
        };
    try (LineageServer server = new LineageServer(0, silent)) {
      HttpConfig config = new HttpConfig();
      config.setUrl(URI.create(server.url()));
      config.setTimeoutInMillis(60_000);
      long start = System.nanoTime();
      try (Sender sender = Sender.start(journal, Destinations.open(config, "a test"))) {
        sender.wake();
        FlushReport report = sender.flush(Duration.ofSeconds(1));
        assertThat(report.pending()).isEqualTo(3);
        assertThat(report.lastError()).contains("no answer from http " + server.url());
        assertThat(report.away()).isFalse();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(50));
      never.countDown();
    }
    assertThat(journal.counts().pending()).isEqualTo(3);
  }

  @Test
  void whoIsClosedInADeliveryThatHangsGivesTheLeadBack() throws InterruptedException {
    append(0, 1);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Sender sender =
        Sender.start(
            journal,
            new Destination() {
              @Override
              public Answer deliver(String payload) {
                begun.countDown();
                try {
                  never.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                return new Answer.Later("closed");
              }

              @Override
              public String description() {
                return "one that hangs";
              }

              @Override
              public void close() {}
            });
    assertThat(begun.await(1, TimeUnit.MINUTES)).isTrue();
    sender.close();
    assertThat(journal.lead("another process", Duration.ofMinutes(5))).isTrue();
    never.countDown();
  }

  @Test
  void aServerThatComesBackGetsWhatIsMissing() {
    append(0, 4);
    int port;
    List<String> before;
    try (LineageServer server =
        new LineageServer(0, (request, event) -> request <= 2 ? 201 : 503)) {
      port = server.port();
      try (Sender sender = Sender.start(journal, http(server.url()))) {
        while (journal.counts().pending() > 2) {
          sender.flush(Duration.ofMillis(400));
        }
      }
      before = targets(server.accepted());
    }
    append(4, 6);
    try (Sender sender = Sender.start(journal, http("http://127.0.0.1:" + port))) {
      assertThat(sender.flush(Duration.ofSeconds(1)).pending()).isEqualTo(4);
      try (LineageServer again = new LineageServer(port, (request, event) -> 201)) {
        assertThat(sender.flush(LONG).pending()).isZero();
        List<String> all = new ArrayList<>(before);
        all.addAll(targets(again.accepted()));
        assertThat(new LinkedHashSet<>(all)).containsExactlyElementsOf(appended);
        assertRepeatsOnly(all, appended);
      }
    }
  }

  @Test
  void oneSenderAtATime() {
    append(0, 3);
    assertThat(journal.lead("another process", Duration.ofMinutes(5))).isTrue();
    try (LineageServer server = LineageServer.answering(201);
        Sender sender = Sender.start(journal, http(server.url()))) {
      FlushReport report = untilItSays(sender, "another process");
      assertThat(report.lastError()).isEqualTo("another process delivers the events");
      assertThat(server.seen()).isEmpty();

      journal.resign("another process");
      assertThat(sender.flush(LONG).pending()).isZero();
      assertThat(targets(server.accepted())).isEqualTo(appended);
    }
  }

  @Test
  void aJournalThatCannotBeReadNowIsReadLater() {
    append(0, 3);
    journal.failReads(2);
    try (LineageServer server = LineageServer.answering(201);
        Sender sender = Sender.start(journal, http(server.url()))) {
      assertThat(sender.flush(LONG).pending()).isZero();
      assertThat(targets(server.accepted())).isEqualTo(appended);
    }
  }

  @Test
  void twoSendersKeepTheOrderTogether() {
    append(0, 60);
    try (LineageServer server = LineageServer.answering(201);
        Sender one = Sender.start(journal, http(server.url()));
        Sender two = Sender.start(journal, http(server.url()))) {
      one.wake();
      two.wake();
      one.flush(LONG);
      two.flush(LONG);
      assertRepeatsOnly(targets(server.accepted()), appended);
    }
    assertThat(journal.counts().pending()).isZero();
  }
}
