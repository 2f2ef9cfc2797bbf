package dev.headwater.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Pieces of work, each to the worker that asks for one next: a bounded stage's beginning. A piece
 * is a source of its own, which runners give out one by one; a Reshuffle would deal them by the
 * hash of random keys, and gave one of two workers three pieces of four.
 *
 * @param <T> a piece
 */
public final class DealOut<T extends Serializable> extends PTransform<PBegin, PCollection<T>> {
  private static final long serialVersionUID = 1;
  private final Pieces<T> pieces;

  private DealOut(Pieces<T> pieces) {
    this.pieces = pieces;
  }

  public static <T extends Serializable> DealOut<T> of(List<T> pieces, Class<T> type) {
    return new DealOut<>(new Pieces<>(pieces, type));
  }

  @Override
  public PCollection<T> expand(PBegin begin) {
    return begin.apply("Pieces", Read.from(pieces));
  }

  private static final class Pieces<T extends Serializable> extends BoundedSource<T> {
    private static final long serialVersionUID = 1;
    private final ArrayList<T> list;
    private final Class<T> type;

    Pieces(List<T> list, Class<T> type) {
      this.list = new ArrayList<>(list);
      this.type = type;
    }

    @Override
    public List<Pieces<T>> split(long desiredBytes, PipelineOptions options) {
      return list.stream().map(piece -> new Pieces<>(List.of(piece), type)).toList();
    }

    @Override
    public long getEstimatedSizeBytes(PipelineOptions options) {
      return list.size();
    }

    @Override
    public Coder<T> getOutputCoder() {
      return SerializableCoder.of(type);
    }

    @Override
    public BoundedReader<T> createReader(PipelineOptions options) {
      return new PieceReader<>(this);
    }
  }

  private static final class PieceReader<T extends Serializable>
      extends BoundedSource.BoundedReader<T> {
    private final Pieces<T> pieces;
    private int at = -1;

    PieceReader(Pieces<T> pieces) {
      this.pieces = pieces;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      at++;
      return at < pieces.list.size();
    }

    @Override
    public T getCurrent() {
      if (at < 0 || at >= pieces.list.size()) {
        throw new NoSuchElementException();
      }
      return pieces.list.get(at);
    }

    @Override
    public void close() {}

    @Override
    public BoundedSource<T> getCurrentSource() {
      return pieces;
    }
  }
}
