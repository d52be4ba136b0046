// What a SOUL.md may hold by mistake or in confidence, and what nobody looks for an agent by: addresses, numbers, tokens.
// Anybody may search, so a word that is indexed can be guessed. The rules look at one run of characters at a time, or at a
// few words from a number on, so that a hostile text takes no longer than prose.

/** Characters between two spaces, commas or semicolons; more of them are no word and no address, but a token or nonsense. */
const LONGEST = 120;

const EDGES = /^["'`([{<*~]+|["'`)\]}>*~.,;:!?]+$/g;
const SCHEME_OR_WWW = /^(?:[a-z][a-z0-9+.-]{0,20}:\/\/|www\.|mailto:|tel:)/i;
/** Host, port, path. Endings of two letters are countries, but for those that names of files and libraries have. */
const HOST = /^(?:[a-z0-9_-]+\.)+([a-z]{2,24})(:\d+)?([/?#].*)?$/i;
const GENERIC_ENDINGS = new Set(
  "com org net edu gov mil int info biz app dev live site online shop store blog cloud tech xyz example test local internal".split(
    " ",
  ),
);
const FILE_ENDINGS = new Set("js ts md py rs go rb sh cs vb pl hs kt ml cc mm ps ai io".split(" "));
/** `e.g.`, `U.S.A` */
const ABBREVIATION = /^(?:[a-z]{1,2}\.)+[a-z]{1,2}$/i;
const PORT = /^[a-z0-9.-]+:\d{2,5}$/i;
const PATH = /^(?:~?\/|\.{1,2}\/|[a-z]:\\)|\\/i;
/** IPv6 and hardware addresses, and times of day. */
const COLON_GROUPS = /^[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}$/i;
/** Prefixes by which services mark their keys. */
const KEY_PREFIX = /^(?:sk|pk|rk|gh[pousr]|glpat|xox[abprs]|AKIA|ASIA|AIza|eyJ|molts_live|whsec|SG)[-_.]?[\w.-]{10,}$/;
const LONG_TOKEN = 16;

/** A phone or card number, an account, a date: digits in groups, seven or more together. */
const LONG_NUMBER = /[+(]{0,2}\d(?:[ ()./-]{0,3}\d){6,30}/g;

/**
 * A text without what looks like an e-mail or postal address, a link, a long number, or a token such as a key: what its
 * meaning is read from. What stands around it stays, short numbers and names of hosts and files too, since they change what a
 * sentence means.
 */
export function withoutSecrets(text: string): string {
  return withoutForeignMail(withoutPostal(text))
    .replace(RUNS, withoutSecretRun)
    .replace(LONG_NUMBER, " ")
    .replace(/ {2,}/g, " ");
}

/**
 * The same, and without network addresses, names of hosts and accounts, paths, and words that are numbers in digits of any
 * script: what its words are indexed from, each of which could be guessed.
 */
export const withoutPrivate = (text: string): string =>
  withoutSecrets(text)
    .replace(RUNS, (run) => (/[@:/.\\]/.test(run) && isAddress(run.replace(EDGES, "")) ? " " : run))
    .replace(/[A-Za-z0-9]+/g, (word) => (/\d/.test(word) && !isName(word) ? " " : word))
    .replace(/[\p{Nd}\p{No}]+/gu, (digits) => (isAscii(digits) ? digits : " "))
    .replace(/ {2,}/g, " ");

/** Of ASCII without spaces, commas and semicolons. */
const RUNS = /[!-+\--:<-{}~]+/g;

/** Without e-mail addresses that have letters beyond ASCII; what follows a character of East Asia is no part of one. */
const withoutForeignMail = (text: string): string =>
  text.includes("@")
    ? text.replace(/[^\s\u3000-\u9fff\uac00-\ud7af]+/g, (run) => (run.includes("@") && !isAscii(run) ? " " : run))
    : text;

// oxlint-disable-next-line no-control-regex -- the range is ASCII
const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text);

function withoutSecretRun(run: string): string {
  if (!/[^A-Za-z0-9]/.test(run)) return isSecretWord(run) ? " " : run;
  if (run.length > LONGEST) return " ";
  const core = run.replace(EDGES, "");
  if (/[^@]@[^@]/.test(core) || SCHEME_OR_WWW.test(core) || isToken(core)) return " ";
  return run.replace(/[A-Za-z0-9]+/g, (word) => (isSecretWord(word) ? " " : word));
}

function isAddress(core: string): boolean {
  if (core.startsWith("@") || PATH.test(core) || COLON_GROUPS.test(core) || PORT.test(core)) return true;
  const parts = core.split("/");
  if (parts.length > 2 && /[._\d-]/.test(core)) return true;
  const [, ending, port, path] = HOST.exec(core) ?? [];
  if (!ending || ABBREVIATION.test(core)) return false;
  const lower = ending.toLowerCase();
  if (port || path || core.split(".").length > 3 || GENERIC_ENDINGS.has(lower)) return true;
  return lower.length === 2 && lower === ending && !FILE_ENDINGS.has(lower);
}

function isToken(core: string): boolean {
  if (/^[^\s=]+=[^\s=]/.test(core) || KEY_PREFIX.test(core)) return true;
  if (core.length < LONG_TOKEN) return false;
  const digits = core.replace(/\D/g, "").length;
  return (digits >= 3 && /[a-z]/i.test(core)) || /^[A-Za-z+/]+={1,2}$/.test(core);
}

/** Whether a word with digits names a subject, as k8s, web3, mp3 and python3 do. */
const isName = (word: string): boolean =>
  /[a-z]/i.test(word) && ((word.length <= 4 && word.replace(/\D/g, "").length <= 2) || /^[a-z]+\d{1,2}$/i.test(word));

/** Four digits are a year, with a few letters a size or a model. */
const SHORT_NUMBER = /^\d{1,4}[a-z]{0,4}$/i;

function isSecretWord(word: string): boolean {
  if (!/\d/.test(word)) return word.length >= LONG_TOKEN && (word.length > 40 || isScrambled(word));
  if (word.length >= 8 && /^[0-9a-f]+$/i.test(word)) return true;
  return !isName(word) && !SHORT_NUMBER.test(word);
}

/** Whether capitals stand in a long word as they do in base64, and not at the beginnings of its parts. */
function isScrambled(word: string): boolean {
  const parts = word.match(/[a-z][A-Z]/g)?.length ?? 0;
  return parts >= 3 && word.length / (parts + 1) < 4;
}

/** A word with a capital, or a number; and up to three segments of them, such as a town, a region and a postal code. */
const CAPITAL = "\\p{Lu}[\\p{L}'’-]{0,30}";
const PART = `(?:${CAPITAL}|\\d[\\d-]{0,9})`;
const TOWN = `(?:(?:, ?|,? (?=\\d))${PART}(?: ${PART}){0,3}){0,3}`;
const HOUSE = "\\d{1,5}[a-zA-Z]?\\b";
const anyCase = (words: string): string =>
  words.replace(/\p{L}+/gu, (word) => `[${word[0]!.toUpperCase()}${word[0]!}]${word.slice(1)}`);
/** A street with a number, as it is written in several countries, and the town that follows. Without one it is a subject. */
const POSTAL = [
  `${HOUSE},? (?:(?:${CAPITAL}|\\d{1,3}(?:st|nd|rd|th)) ){1,4}(?:${anyCase("street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|square|sq|terrace|highway|hwy|parkway|pkwy|close|crescent")})\\b\\.?${TOWN}`,
  `\\p{Lu}[\\p{L}-]{0,40} ?(?:${anyCase("straße|strasse|str|weg|platz|allee|gasse|damm|ufer|straat|laan|gracht|plein")})\\.? ${HOUSE}${TOWN}`,
  `\\d{1,4}(?: bis)?,? (?:${anyCase("rue|avenue|boulevard|place|chemin|impasse|quai|allée")}) (?:[\\p{Ll}'’]{1,4}[ '’]){0,3}${CAPITAL}(?: ${CAPITAL}){0,3}${TOWN}`,
  `(?:${anyCase("calle|avenida|plaza|paseo|via|viale|piazza|corso|rua|praça|ulica|ul")})\\.? (?:[\\p{L}'’.-]{1,30} ){0,4}[\\p{L}'’-]{1,30},? (?:n[º°.]? ?)?${HOUSE}${TOWN}`,
  "[Pp]\\.? ?[Oo]\\.? ?[Bb]ox \\d{1,8}",
].map((pattern) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})`, "gu"));

const withoutPostal = (text: string): string =>
  /\d/.test(text) ? POSTAL.reduce((left, pattern) => left.replace(pattern, " "), text) : text;
