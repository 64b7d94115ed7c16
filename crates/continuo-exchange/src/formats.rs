//! The formats: one row each, with how a file of it is recognized.

/// One format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Stable id.
    pub id: FormatId,
    /// What people call it.
    pub label: &'static str,
    /// Media types, the usual one first.
    pub media_types: &'static [&'static str],
    /// Endings of file names, longest first.
    pub endings: &'static [&'static str],
    /// First bytes that give it away whatever the name says; empty where only the name can tell.
    pub sign: &'static [u8],
}

/// The formats by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormatId {
    /// A FHIR resource or bundle as JSON.
    Json,
    /// One FHIR resource a line.
    Ndjson,
    /// Comma-separated people, caseloads or appointments.
    Csv,
    /// Packed with gzip.
    Gzip,
    /// Packed with bzip2.
    Bzip2,
    /// Packed with xz.
    Xz,
    /// Files in one.
    Tar,
    /// Captions of a recording (WebVTT).
    Vtt,
    /// Captions of a recording (SubRip).
    Srt,
    /// HL7 v2 messages, one or many.
    Hl7v2,
    /// Plain text.
    Text,
}

/// All formats. The first whose sign fits, else the first whose ending fits, is taken.
pub const FORMATS: &[Format] = &[
    Format {
        id: FormatId::Gzip,
        label: "gzip",
        media_types: &["application/gzip"],
        endings: &[".tar.gz", ".tgz", ".gz"],
        sign: &[0x1f, 0x8b],
    },
    Format {
        id: FormatId::Bzip2,
        label: "bzip2",
        media_types: &["application/x-bzip2"],
        endings: &[".tar.bz2", ".bz2"],
        sign: b"BZh",
    },
    Format {
        id: FormatId::Xz,
        label: "xz",
        media_types: &["application/x-xz"],
        endings: &[".tar.xz", ".txz", ".xz"],
        sign: &[0xfd, b'7', b'z', b'X', b'Z', 0],
    },
    Format {
        id: FormatId::Tar,
        label: "tar archive",
        media_types: &["application/x-tar"],
        endings: &[".tar"],
        sign: &[],
    },
    Format {
        id: FormatId::Ndjson,
        label: "FHIR NDJSON",
        media_types: &["application/fhir+ndjson", "application/ndjson", "application/x-ndjson"],
        endings: &[".ndjson", ".jsonl"],
        sign: &[],
    },
    Format {
        id: FormatId::Json,
        label: "FHIR JSON",
        media_types: &["application/fhir+json", "application/json"],
        endings: &[".json"],
        sign: b"{",
    },
    Format {
        id: FormatId::Csv,
        label: "CSV table",
        media_types: &["text/csv", "text/tab-separated-values"],
        endings: &[".csv", ".tsv"],
        sign: &[],
    },
    Format {
        id: FormatId::Vtt,
        label: "WebVTT captions",
        media_types: &["text/vtt"],
        endings: &[".vtt"],
        sign: b"WEBVTT",
    },
    Format {
        id: FormatId::Srt,
        label: "SubRip captions",
        media_types: &["application/x-subrip"],
        endings: &[".srt"],
        sign: &[],
    },
    Format {
        id: FormatId::Hl7v2,
        label: "HL7 v2 messages",
        media_types: &["x-application/hl7-v2+er7", "application/hl7-v2"],
        endings: &[".hl7v2", ".hl7", ".er7"],
        sign: b"MSH",
    },
    Format { id: FormatId::Text, label: "text", media_types: &["text/plain"], endings: &[".txt"], sign: &[] },
];

/// The name of a tar's magic and where it stands.
const TAR_MAGIC: (usize, &[u8]) = (257, b"ustar");

/// Which format a file is, by its first bytes (512 are enough) and its name.
pub fn detect(name: &str, head: &[u8]) -> Option<&'static Format> {
    let find = |id: FormatId| FORMATS.iter().find(|format| format.id == id);
    if head.get(TAR_MAGIC.0..).is_some_and(|rest| rest.starts_with(TAR_MAGIC.1)) {
        return find(FormatId::Tar);
    }
    let text = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    let lower = name.to_ascii_lowercase();
    let by_name = FORMATS.iter().find(|format| format.endings.iter().any(|ending| lower.ends_with(ending)));
    let by_sign = FORMATS.iter().find(|format| !format.sign.is_empty() && text.starts_with(format.sign));
    match (by_sign, by_name) {
        // JSON's sign is weak: NDJSON and transcripts begin with it too.
        (Some(sign), Some(name)) if sign.id == FormatId::Json && matches!(name.id, FormatId::Ndjson) => Some(name),
        (Some(sign), _) => Some(sign),
        (None, Some(name)) if matches!(name.id, FormatId::Gzip | FormatId::Bzip2 | FormatId::Xz | FormatId::Tar) => {
            None
        }
        (None, by_name) => by_name,
    }
}

/// The order in which the files of a folder are best read: what others refer to comes first.
///
/// Bulk exports name files by type, Synthea names its two shared bundles; everything else keeps the order of names.
pub fn rank(name: &str) -> u8 {
    const FIRST: &[&str] =
        &["hospital", "organization", "location", "practitioner", "healthcareservice", "careteam", "patient"];
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    FIRST.iter().position(|word| file.contains(word)).map_or(FIRST.len() as u8, |place| place as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str, head: &[u8]) -> Option<FormatId> {
        detect(name, head).map(|format| format.id)
    }

    #[test]
    fn content_wins_over_a_wrong_name() {
        assert_eq!(id("people.json", b"BZh91AY"), Some(FormatId::Bzip2));
        assert_eq!(id("people.gz", b"  {\"resourceType\""), Some(FormatId::Json));
        assert_eq!(id("people.gz", b"plain words"), None);
        assert_eq!(id("x", &[0xfd, b'7', b'z', b'X', b'Z', 0, 0]), Some(FormatId::Xz));
    }

    #[test]
    fn names_tell_what_content_cannot() {
        assert_eq!(id("Patient.ndjson", b"{\"resourceType\""), Some(FormatId::Ndjson));
        assert_eq!(id("people.CSV", b"name,birth"), Some(FormatId::Csv));
        assert_eq!(id("call.vtt", b"\xef\xbb\xbfWEBVTT"), Some(FormatId::Vtt));
        assert_eq!(id("scan.bin", b"\x00\x01"), None);
        let mut tar = vec![0u8; 512];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(id("x.dat", &tar), Some(FormatId::Tar));
    }

    #[test]
    fn ids_and_endings_are_unique() {
        let mut ids: Vec<FormatId> = FORMATS.iter().map(|format| format.id).collect();
        ids.dedup();
        assert_eq!(ids.len(), FORMATS.len());
        let mut endings: Vec<&str> = FORMATS.iter().flat_map(|format| format.endings).copied().collect();
        endings.sort_unstable();
        let all = endings.len();
        endings.dedup();
        assert_eq!(endings.len(), all);
    }

    #[test]
    fn what_others_refer_to_comes_first() {
        let mut names = [
            "Observation.ndjson",
            "Patient.ndjson",
            "dir/practitionerInformation1.json",
            "0-hospitalInformation.json.bz2",
        ];
        names.sort_by_key(|name| (rank(name), *name));
        assert_eq!(
            names,
            [
                "0-hospitalInformation.json.bz2",
                "dir/practitionerInformation1.json",
                "Patient.ndjson",
                "Observation.ndjson"
            ]
        );
    }
}
