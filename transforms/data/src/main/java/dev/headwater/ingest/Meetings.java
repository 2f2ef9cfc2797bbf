package dev.headwater.ingest;

import org.apache.beam.sdk.Pipeline.PipelineVisitor;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;

/** Looks in a pipeline for places where rows meet: groups, state, timers and side inputs. */
final class Meetings extends PipelineVisitor.Defaults {
  private final String source;
  private boolean found;

  /**
   * @param source the step at which the rows begin, not looked into
   */
  Meetings(String source) {
    this.source = source;
  }

  boolean found() {
    return found;
  }

  @Override
  public CompositeBehavior enterCompositeTransform(TransformHierarchy.Node node) {
    PTransform<?, ?> transform = node.getTransform();
    // These group by keys that they make up, to deal rows out.
    boolean deals =
        transform instanceof Reshuffle
            || transform instanceof Reshuffle.ViaRandomKey
            || transform instanceof Redistribute.RedistributeArbitrarily
            || transform instanceof Redistribute.RedistributeByKey;
    return deals || node.getFullName().equals(source)
        ? CompositeBehavior.DO_NOT_ENTER_TRANSFORM
        : CompositeBehavior.ENTER_TRANSFORM;
  }

  @Override
  public void visitPrimitiveTransform(TransformHierarchy.Node node) {
    PTransform<?, ?> transform = node.getTransform();
    if (transform instanceof GroupByKey || node.getInputs().isEmpty()) {
      found = true;
    } else if (transform instanceof ParDo.MultiOutput<?, ?> parDo) {
      DoFnSignature signature = DoFnSignatures.signatureForDoFn(parDo.getFn());
      found |= !parDo.getSideInputs().isEmpty() || signature.usesState() || signature.usesTimers();
    }
  }
}
