package dev.headwater.runners;

import picocli.CommandLine;

/** Makes verbs, each with the screen and the session it works with. */
final class Verbs implements CommandLine.IFactory {
  private final Screen screen;
  private final Session session;

  Verbs(Screen screen, Session session) {
    this.screen = screen;
    this.session = session;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    K made = CommandLine.defaultFactory().create(type);
    if (made instanceof Verb verb) {
      verb.in(screen, session);
    }
    return made;
  }
}
