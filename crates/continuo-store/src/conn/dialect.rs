//! The few places where the two databases are told different things.

/// Which database a connection speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite, in the process.
    Sqlite,
    /// PostgreSQL, over a socket.
    Postgres,
}

impl Dialect {
    /// Starts the writer's transaction.
    pub fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "begin immediate",
            Self::Postgres => "begin isolation level read committed",
        }
    }

    /// Starts a reader's snapshot.
    pub fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "begin deferred",
            Self::Postgres => "begin isolation level repeatable read read only",
        }
    }

    /// A select of the numbers in a parameter that holds them as text, `[1,2,3]`: for lists too long to bind one by one.
    pub fn numbers_of(self, mark: &str) -> String {
        match self {
            Self::Sqlite => format!("select value from json_each({mark})"),
            Self::Postgres => format!("select n::bigint from json_array_elements_text({mark}::text::json) n"),
        }
    }

    /// That a number is none of those a select gives as `rid`. SQLite gathers them once; PostgreSQL joins without them.
    pub fn none_of(self, number: &str, select: &str) -> String {
        match self {
            Self::Sqlite => format!("{number} not in ({select})"),
            Self::Postgres => format!("not exists (select 1 from ({select}) s where s.rid = {number})"),
        }
    }

    /// A select that is gathered before anything is done with it. PostgreSQL would read the resources in their order and hope
    /// to meet its rows soon; SQLite does what it is told.
    pub fn gathered(self, select: &str) -> String {
        match self {
            Self::Sqlite => select.to_owned(),
            Self::Postgres => format!("with gathered as materialized ({select}) select * from gathered"),
        }
    }

    /// After a table's name: that this index is to be read. PostgreSQL's own figures tell it.
    pub fn by_index(self, index: &str) -> String {
        match self {
            Self::Sqlite => format!(" indexed by {index}"),
            Self::Postgres => String::new(),
        }
    }

    /// A join whose left side is read first. SQLite takes `cross join` as that order; PostgreSQL decides itself.
    pub fn driving_join(self) -> &'static str {
        match self {
            Self::Sqlite => "cross join",
            Self::Postgres => "join",
        }
    }
}

/// `?1` to `$1`, leaving quoted text alone.
pub(super) fn to_dollar(sql: &str) -> String {
    let mut quoted = false;
    sql.chars()
        .map(|c| {
            quoted ^= c == '\'';
            if c == '?' && !quoted { '$' } else { c }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::to_dollar;

    #[test]
    fn parameters_are_rewritten_and_quoted_text_is_not() {
        assert_eq!(to_dollar("select '?' where a = ?1 and b = ?2"), "select '?' where a = $1 and b = $2");
    }
}
