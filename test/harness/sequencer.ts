import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They start processes of their own: stacks, browsers, compilers. */
const LONG = /\/test\/(journeys|browser|tools)\//;

/**
 * Vitest's own order, the longest of the last run first, with what takes long in any case before all else: nothing long
 * is left for the end, also where there was no run yet. A project's files stay together, so that a workerd serves all.
 */
export default class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
