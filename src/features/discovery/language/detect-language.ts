/** The languages that have a glossary, glossary/<language>.txt. */
export const LANGUAGES = ["de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * Frequent words of the languages in Latin letters, without accents. Many are in several lists: the list with the most
 * hits decides.
 */
const FUNCTION_WORDS: Record<string, ReadonlySet<string>> = Object.fromEntries(
  Object.entries({
    en: "a an the and or of to in on for with that this it is are was be i me my we our you your who what which by at as from how do does not no he she they his her their can will should would if but when all any some into about more than so have has had there its also been being only up out help need find like want",
    de: "der die das und oder ein eine einen einem einer eines ist sind war bin mit fur von zu zum zur im in am an auf aus bei nach nicht kein keine ich du er sie es wir ihr mein meine meinen meiner dein deine sein mir mich dir dich uns wie was wer wo wenn als auch nur noch schon sehr uber unter durch ohne gegen um dass sich den dem des hat haben wird werden kann soll",
    es: "el la los las un una unos unas y o de del al en con por para que es son soy era ser se su sus mi mis tu tus me te nos lo le les no si como mas pero muy este esta estos estas ese esa alguien algo quien cuando donde sobre sin entre hasta hay ya tambien yo ella ellos",
    pt: "o a os as um uma uns umas e ou de do da dos das ao aos no na nos nas em com por para que se seu sua seus suas meu minha meus minhas teu tua me te lhe nao sim como mais mas muito este esta esse essa isso alguem algo quem quando onde sobre sem entre ate ha ja tambem eu ele ela eles elas voce sao ser foi",
    fr: "le la les un une des et ou de du au aux en dans avec par pour que qui est sont suis etre se sa ses son mon ma mes ton ta tes me te nous vous il elle ils elles je tu on ne pas plus mais tres ce cet cette ces quelqu comme quand sur sans entre jusqu y leur leurs moi toi lui votre notre ai as avez ont",
    it: "il lo la i gli le un uno una e o di del dello della dei degli delle a al allo alla ai alle da dal dalla in nel nella con su sul sulla per che chi e sono essere si suo sua suoi mio mia miei mie tuo tua mi ti ci vi non come piu ma molto questo questa quello quella qualcuno quando dove senza tra fra anche io lei lui noi voi ho hai ha",
    nl: "de het een en of van te in op met voor dat die dit is zijn was ben ik jij je hij zij ze wij we mijn jouw uw hun haar mij me niet geen wat wie welke waar als ook maar nog naar bij uit om door over zonder tegen aan er kan moet wil worden wordt heeft hebben deze iemand",
    pl: "i w we z ze na do od o po za dla przez bez przy nad pod jest sa byl byc sie nie tak jak co kto ktory ktora ktore ktos moj moja moje moich twoj jego jej ich mnie mi ty ja on ona my wy oni ale lub albo czy gdy gdzie ten ta to te tej tego tym tych bardzo tylko juz jeszcze",
  }).map(([language, words]) => [language, new Set(words.split(" "))]),
);

/** A text for comparison: in lower case, and Latin and Cyrillic letters without accents. */
export const fold = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFD")
    .replace(/([\p{Script=Latin}\p{Script=Cyrillic}])\p{M}+/gu, "$1")
    .normalize("NFC")
    .replace(/ß/g, "ss")
    .replace(/ł/g, "l")
    .replace(/œ/g, "oe")
    .replace(/æ/g, "ae");

/** A text is taken to be in a script if more than this share of its letters is. */
const SHARE = 0.2;
/** Japanese uses Chinese characters too: the text is Japanese if more than this share of its letters is kana. */
const KANA_SHARE = 0.05;

/** Characters that are read: enough to tell a language. */
const MAX_READ = 6_000;

/** The language of a text, by its script or its function words; null for English, and when neither tells. */
export const detectLanguage = (text: string): Language | null => languageOfScript(text) ?? languageOfWords(text);

/** The language of a text by its script; null for Latin, and for scripts without a glossary. */
export function languageOfScript(text: string): Language | null {
  const read = text.slice(0, MAX_READ);
  const letters = (read.match(/\p{L}/gu) ?? []).length;
  const share = (script: RegExp) => (read.match(script) ?? []).length / Math.max(1, letters);
  const kana = share(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const han = share(/\p{Script=Han}/gu);
  if (kana + han > SHARE) return kana > KANA_SHARE ? "ja" : "zh";
  if (share(/\p{Script=Hangul}/gu) > SHARE) return "ko";
  return share(/\p{Script=Cyrillic}/gu) > SHARE ? "ru" : null;
}

/** The language in Latin letters with the most function words in a text; null when English has as many. */
export function languageOfWords(text: string): Language | null {
  const words =
    fold(text)
      .slice(0, MAX_READ)
      .match(/\p{L}+/gu) ?? [];
  const hits = Object.entries(FUNCTION_WORDS).map(([language, known]) => ({
    language,
    hits: words.filter((word) => known.has(word)).length,
  }));
  const english = hits.find(({ language }) => language === "en")!.hits;
  const best = hits.reduce((a, b) => (b.hits > a.hits ? b : a));
  return best.hits > english ? (best.language as Language) : null;
}
