//! Words that say nothing by themselves.

use super::language::Language;

const ENGLISH: &[&str] = &[
    "a", "about", "above", "after", "again", "all", "also", "although", "am", "an", "and", "any",
    "are", "aren't", "as", "at", "be", "because", "been", "before", "being", "below", "between",
    "both", "but", "by", "can", "can't", "cannot", "could", "did", "didn't", "do", "does",
    "doesn't", "doing", "don't", "down", "during", "each", "either", "for", "from", "further",
    "had", "has", "hasn't", "have", "having", "he", "her", "here", "hers", "him", "his", "how",
    "however", "i", "if", "in", "into", "is", "isn't", "it", "it's", "its", "itself", "just",
    "may", "me", "might", "more", "most", "must", "my", "neither", "no", "nor", "not", "of", "off",
    "on", "once", "one", "only", "or", "other", "our", "ours", "out", "over", "own", "same",
    "shall", "she", "should", "since", "so", "some", "such", "than", "that", "that's", "the",
    "their", "theirs", "them", "then", "there", "these", "they", "this", "those", "through", "to",
    "too", "under", "until", "up", "upon", "us", "very", "was", "wasn't", "we", "were", "what",
    "when", "where", "whether", "which", "while", "who", "whom", "whose", "why", "will", "with",
    "within", "without", "won't", "would", "you", "your", "yours",
];

const GERMAN: &[&str] = &[
    "aber", "alle", "allem", "allen", "aller", "alles", "als", "also", "am", "an", "auch", "auf",
    "aus", "bei", "beim", "bin", "bis", "da", "dabei", "dadurch", "dafür", "damit", "dann", "das",
    "dass", "dein", "dem", "den", "denn", "der", "deren", "des", "dessen", "die", "dies", "diese",
    "diesem", "diesen", "dieser", "dieses", "doch", "durch", "ein", "eine", "einem", "einen",
    "einer", "eines", "er", "es", "etwas", "für", "gegen", "hat", "hatte", "hatten", "haben",
    "hier", "ich", "ihr", "ihre", "ihrem", "ihren", "ihrer", "im", "in", "ins", "ist", "jede",
    "jedem", "jeden", "jeder", "jedes", "jedoch", "kann", "kein", "keine", "keinen", "keiner",
    "können", "man", "mehr", "mein", "mit", "muss", "müssen", "nach", "nicht", "noch", "nur", "ob",
    "oder", "ohne", "sehr", "sein", "seine", "seinem", "seinen", "seiner", "sich", "sie", "sind",
    "so", "soll", "sollen", "sollte", "sondern", "über", "um", "und", "uns", "unser", "unsere",
    "unter", "vom", "von", "vor", "war", "waren", "warum", "was", "weil", "welche", "welchen",
    "welcher", "welches", "wenn", "wer", "werden", "wie", "wir", "wird", "wo", "wollen", "wurde",
    "wurden", "während", "zu", "zum", "zur", "zwischen",
];

const FRENCH: &[&str] = &[
    "a", "ai", "au", "aussi", "autre", "autres", "aux", "avec", "avait", "avant", "avez", "avoir",
    "c", "ce", "cela", "ces", "cet", "cette", "ceux", "chaque", "comme", "comment", "d", "dans",
    "de", "depuis", "des", "donc", "dont", "du", "elle", "elles", "en", "entre", "est", "et",
    "était", "étaient", "être", "eu", "faire", "fait", "il", "ils", "j", "je", "l", "la", "le",
    "les", "leur", "leurs", "lui", "m", "ma", "mais", "me", "même", "mes", "moi", "mon", "n", "ne",
    "ni", "nos", "notre", "nous", "on", "ont", "ou", "où", "par", "parce", "pas", "peut", "plus",
    "pour", "pourquoi", "qu", "quand", "que", "quel", "quelle", "quelles", "quels", "qui", "quoi",
    "s", "sa", "sans", "se", "sera", "ses", "si", "son", "sont", "sous", "sur", "t", "ta", "te",
    "tous", "tout", "toute", "toutes", "très", "tu", "un", "une", "vos", "votre", "vous", "y",
];

const SPANISH: &[&str] = &[
    "a", "al", "algo", "ante", "antes", "aunque", "cada", "como", "con", "contra", "cual",
    "cuando", "cuál", "cuándo", "cómo", "de", "del", "desde", "donde", "dos", "durante", "e", "el",
    "ella", "ellas", "ellos", "en", "entre", "era", "eran", "es", "esa", "esas", "ese", "eso",
    "esos", "esta", "estaba", "estado", "estamos", "están", "estar", "estas", "este", "esto",
    "estos", "está", "fue", "fueron", "ha", "había", "han", "hasta", "hay", "la", "las", "le",
    "les", "lo", "los", "me", "mi", "mis", "muy", "más", "ni", "no", "nos", "nosotros", "nuestra",
    "nuestro", "o", "os", "otra", "otras", "otro", "otros", "para", "pero", "por", "porque",
    "puede", "qué", "que", "quien", "quién", "se", "sea", "ser", "será", "si", "sido", "sin",
    "sobre", "son", "su", "sus", "sí", "también", "tan", "te", "tiene", "tienen", "todo", "todos",
    "tu", "tus", "un", "una", "uno", "unos", "y", "ya", "yo",
];

const ITALIAN: &[&str] = &[
    "a", "ad", "ai", "al", "alla", "alle", "anche", "che", "chi", "ci", "come", "con", "cui", "da",
    "dai", "dal", "dalla", "dei", "del", "della", "delle", "di", "e", "ed", "era", "gli", "ha",
    "hanno", "i", "il", "in", "io", "la", "le", "lo", "loro", "ma", "nei", "nel", "nella", "noi",
    "non", "o", "per", "perché", "più", "quale", "quando", "quella", "quello", "questa", "questo",
    "se", "si", "sia", "sono", "su", "sua", "sul", "sulla", "suo", "tra", "tutti", "un", "una",
    "uno", "è",
];

const PORTUGUESE: &[&str] = &[
    "a", "ao", "aos", "as", "até", "com", "como", "da", "das", "de", "do", "dos", "e", "ela",
    "ele", "eles", "em", "entre", "era", "essa", "esse", "esta", "este", "eu", "foi", "há", "isso",
    "isto", "já", "mais", "mas", "na", "nas", "no", "nos", "não", "o", "os", "ou", "para", "pela",
    "pelo", "por", "qual", "quando", "que", "quem", "se", "sem", "ser", "seu", "sua", "são",
    "também", "tem", "um", "uma", "à", "às", "é",
];

const DUTCH: &[&str] = &[
    "aan", "al", "als", "bij", "dan", "dat", "de", "deze", "die", "dit", "door", "een", "en", "er",
    "geen", "had", "heb", "hebben", "heeft", "het", "hij", "hoe", "hun", "ik", "in", "is", "je",
    "kan", "maar", "meer", "met", "mij", "naar", "niet", "nog", "nu", "of", "om", "ook", "op",
    "over", "te", "tot", "uit", "van", "voor", "waar", "want", "was", "wat", "we", "welke", "wel",
    "werd", "wie", "wij", "worden", "wordt", "zal", "ze", "zich", "zij", "zijn", "zo", "zou",
];

/// The longest stop word, in bytes: longer words need not be looked up.
const LONGEST_BYTES: usize = 12;

/// Whether a word says nothing by itself in this language.
pub fn is_stop_word(word: &str, language: Language) -> bool {
    let list = match language {
        Language::English => ENGLISH,
        Language::German => GERMAN,
        Language::French => FRENCH,
        Language::Spanish => SPANISH,
        Language::Italian => ITALIAN,
        Language::Portuguese => PORTUGUESE,
        Language::Dutch => DUTCH,
        Language::Danish
        | Language::Finnish
        | Language::Hungarian
        | Language::Norwegian
        | Language::Other
        | Language::Romanian
        | Language::Russian
        | Language::Swedish
        | Language::Turkish => return false,
    };
    if word.len() > LONGEST_BYTES {
        return false;
    }
    let small = word.to_lowercase().replace('’', "'");
    list.contains(&small.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stop_word_is_longer_than_the_limit() {
        let lists = [ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH];
        for word in lists.iter().flat_map(|list| list.iter()) {
            assert!(word.len() <= LONGEST_BYTES, "{word}");
            assert_eq!(*word, word.to_lowercase());
        }
    }

    #[test]
    fn capital_letters_and_curly_apostrophes_do_not_matter() {
        assert!(is_stop_word("The", Language::English));
        assert!(is_stop_word("don’t", Language::English));
        assert!(!is_stop_word("supplier", Language::English));
        assert!(!is_stop_word("the", Language::Other));
    }
}
