/**
 * What a ranking is worth: figures from 0 to 1, NaN where there is nothing to take a mean of. Rankings are lists of ids,
 * best first.
 */

/** What belongs into the answer to a query, by id: 2 is exactly this, 1 is related. Whatever is not listed is worth 0. */
export type Grades = ReadonlyMap<string, number>;

const ANSWERS = 10;
const NEIGHBOURS = 5;
/** A category with fewer members than this cannot fill the five places beside one of them. */
const MEMBERS = NEIGHBOURS + 1;

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The first ten answers' gain, each worth the less the later it comes, in the gain of the best order that there is
 * (Järvelin and Kekäläinen 2002, doi.org/10.1145/582415.582418; 2^grade - 1 after Burges et al. 2005).
 */
export function ndcg(ranked: readonly string[], grades: Grades): number {
  const best = [...grades.values()].sort((a, b) => b - a);
  return gain(ranked.map((id) => grades.get(id) ?? 0)) / gain(best);
}

function gain(grades: readonly number[]): number {
  const gains = grades.slice(0, ANSWERS).map((grade, place) => (2 ** grade - 1) / Math.log2(place + 2));
  return gains.reduce((sum, value) => sum + value, 0);
}

/** How much of what is listed is among the first ten answers, in as much of it as ten answers can hold. */
export function recall(ranked: readonly string[], grades: Grades): number {
  const found = ranked.slice(0, ANSWERS).filter((id) => grades.has(id));
  return found.length / Math.min(ANSWERS, grades.size);
}

/** A soul as far as its neighbours are judged. */
export interface Member {
  id: string;
  category: string;
}

export interface RepositoryMember extends Member {
  repository: string;
}

/** A mean over `souls` souls. */
export interface Precision {
  souls: number;
  value: number;
}

/** For each soul the others, nearest first, itself left out. */
export type Neighbours = ReadonlyMap<string, readonly string[]>;

/** The souls whose category has enough members for the figures below; nobody else's neighbours are looked at. */
export function inLargeCategories<Soul extends Member>(souls: readonly Soul[]): Soul[] {
  const sizes = countBy(souls, categoryOf);
  return souls.filter((soul) => sizes.get(soul.category)! >= MEMBERS);
}

/** Of the five nearest neighbours, how many are of the same category. */
export function categoryPrecision(souls: readonly Member[], neighbours: Neighbours): Precision {
  const categories = new Map(souls.map(({ id, category }) => [id, category]));
  return precision(inLargeCategories(souls), ({ id, category }) =>
    neighbours.get(id)!.map((other) => categories.get(other) === category),
  );
}

/**
 * The same among neighbours of other repositories, so that a template that a repository's files share counts for
 * nothing: over the souls of whose category at least five are in other repositories.
 */
export function crossRepositoryPrecision(souls: readonly RepositoryMember[], neighbours: Neighbours): Precision {
  const known = new Map(souls.map((soul) => [soul.id, soul]));
  const everywhere = countBy(souls, categoryOf);
  const here = countBy(souls, placeOf);
  const judged = souls.filter((soul) => everywhere.get(soul.category)! - here.get(placeOf(soul))! >= NEIGHBOURS);
  return precision(judged, ({ id, category, repository }) =>
    neighbours
      .get(id)!
      .map((other) => known.get(other)!)
      .filter((other) => other.repository !== repository)
      .map((other) => other.category === category),
  );
}

/** Places that nobody fills count as wrong: the mean is always over five. */
function precision<Soul extends Member>(souls: readonly Soul[], rightOnes: (soul: Soul) => boolean[]): Precision {
  const shares = souls.map((soul) => rightOnes(soul).slice(0, NEIGHBOURS).filter(Boolean).length / NEIGHBOURS);
  return { souls: souls.length, value: mean(shares) };
}

const categoryOf = ({ category }: Member): string => category;
const placeOf = ({ category, repository }: RepositoryMember): string => JSON.stringify([category, repository]);

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
