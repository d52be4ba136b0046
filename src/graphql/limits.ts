import {
  type DocumentNode,
  getIntrospectionQuery,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  type ValidationRule,
} from "graphql";
import { issue } from "../core/errors.ts";
import { graphqlError } from "./errors.ts";
import { measure, type Measure } from "./measure.ts";

/** Lexical tokens of a document; GraphiQL's introspection has about 250. */
const MAX_TOKENS = 2_000;
const MAX_ALIASES = 30;
const MAX_DIRECTIVES = 30;
/** Values in the variables, counted at every level; the largest input object has about ten fields. */
const MAX_VALUES = 500;
/** Levels of fields; deep enough for introspection with its nine levels of `ofType`. */
const MAX_DEPTH = 15;
/** The cost of a query or mutation; a page of 100 videos with their agents costs about 3,000. */
const MAX_COST = 5_000;
/**
 * The cost of one look of a stream at the log, which may find 100 events: all there is of a video and its agent, with
 * each event, costs about 7,000.
 */
const MAX_STREAM_COST = 10_000;
/** Introspection of this many times what the query of clients and GraphiQL takes. */
const MAX_INTROSPECTION = 2;
/** Changes that one document may make; each of them may write, and use a vendor. */
const MAX_CHANGES = 5;
/** Errors about variables that are reported, as many as the executor reports. */
const MAX_VARIABLE_ERRORS = 50;

const tooComplex = (message: string): GraphQLError =>
  graphqlError(issue("QUERY_TOO_COMPLEX", `${message} Ask for less at a time.`));

/** Parses a document, giving up at the limit of tokens. @throws GraphQLError a syntax error, or QUERY_TOO_COMPLEX */
export function parseLimited(source: string): DocumentNode {
  try {
    return parse(source, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (error instanceof GraphQLError && error.message.includes("Parsing aborted")) {
      throw tooComplex(`The document has more than ${MAX_TOKENS} tokens.`);
    }
    throw error;
  }
}

/** What can be counted without variables; validation caches its result by document. */
export const limitsRule: ValidationRule = (context) => {
  let aliases = 0;
  let directives = 0;
  return {
    Field(node) {
      if (node.alias && ++aliases === MAX_ALIASES + 1)
        context.reportError(tooComplex(`More than ${MAX_ALIASES} aliases.`));
    },
    Directive() {
      if (++directives === MAX_DIRECTIVES + 1)
        context.reportError(tooComplex(`More than ${MAX_DIRECTIVES} directives.`));
    },
  };
};

/**
 * Whether the variables hold more values than allowed. The executor quotes the whole object in its error about each
 * unknown field, so that its work grows with the square of their number.
 */
function holdsTooMany(variables: Record<string, unknown>): boolean {
  const open: unknown[] = [variables];
  for (let seen = 0; open.length > 0;) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    const inner: unknown[] = Object.values(value);
    seen += inner.length;
    if (seen > MAX_VALUES) return true;
    open.push(...inner);
  }
  return false;
}

/** Measures of operations without variables, which are the same every time. */
const measured = new WeakMap<OperationDefinitionNode, Measure>();

/**
 * Checks what the operation that is about to run may take, with its variables. What cannot be measured is refused.
 * @returns the errors of variables that do not fit: the operation must not run then either
 * @throws GraphQLError QUERY_TOO_COMPLEX
 */
export function checkCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): readonly GraphQLError[] {
  if (holdsTooMany(variables)) throw tooComplex(`The variables hold more than ${MAX_VALUES} values.`);
  const before = measured.get(operation);
  if (before) {
    compare(schema, operation, before);
    return [];
  }
  const definitions = operation.variableDefinitions ?? [];
  const { errors, coerced } = getVariableValues(schema, definitions, variables, { maxErrors: MAX_VARIABLE_ERRORS });
  if (errors) return errors;
  const found = measureOrRefuse(schema, document, operation, coerced);
  if (definitions.length === 0) measured.set(operation, found);
  compare(schema, operation, found);
  return [];
}

function measureOrRefuse(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): Measure {
  try {
    return measure(schema, document, operation, variables);
  } catch (error) {
    const why = (error as Error).message;
    throw graphqlError(
      issue("QUERY_TOO_COMPLEX", `The cost of the document cannot be measured, so it is not run: ${why} Correct this.`),
    );
  }
}

function compare(schema: GraphQLSchema, { operation }: OperationDefinitionNode, found: Measure): void {
  const { depth, cost, introspection, changes } = found;
  if (depth > MAX_DEPTH) throw tooComplex(`The document is ${depth} levels deep; at most ${MAX_DEPTH} are allowed.`);
  if (changes > MAX_CHANGES)
    throw tooComplex(`The document makes ${changes} changes; at most ${MAX_CHANGES} are allowed.`);
  if (operation === OperationTypeNode.SUBSCRIPTION && cost > MAX_STREAM_COST)
    throw tooComplex(
      `The document costs up to ${cost} for one look at the events, of which there may be 100; at most ${MAX_STREAM_COST} is allowed.`,
    );
  if (operation !== OperationTypeNode.SUBSCRIPTION && cost > MAX_COST)
    throw tooComplex(
      `The document costs up to ${cost}; at most ${MAX_COST} is allowed. A field costs 1, in a list 1 for each item that the list may have, and a search 800.`,
    );
  if (introspection > 0 && introspection > MAX_INTROSPECTION * fullIntrospection(schema))
    throw tooComplex(
      `The document asks for more than ${MAX_INTROSPECTION} times what the usual introspection query asks for.`,
    );
}

const fullBySchema = new WeakMap<GraphQLSchema, number>();

/** What the introspection query that clients and GraphiQL send takes. */
function fullIntrospection(schema: GraphQLSchema): number {
  let full = fullBySchema.get(schema);
  if (full === undefined) {
    const document = parse(getIntrospectionQuery(WITH_EVERYTHING));
    const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)!;
    full = measure(schema, document, operation, {}).introspection;
    fullBySchema.set(schema, full);
  }
  return full;
}

const WITH_EVERYTHING = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
};
