//! The roles that the database knows us by: an owner, who migrates, and the application, which may read
//! and add to what is append-only, but neither change nor delete it, nor switch off what refuses that.
//!
//! Roles belong to a whole PostgreSQL server, privileges to one database: several AutoPosts on a server may
//! share [`APPLICATION`]. Nothing here says who may sign in to PostgreSQL from where; that is its operator's.

use diesel::sql_types::{Bool, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig};
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};
use futures::FutureExt;

use crate::{Connection, DbError, DbResult, Pool};

/// The application's role, where it is ours to make.
pub const APPLICATION: &str = "autopost_app";

/// What is only ever added to.
const APPEND_ONLY: [&str; 3] = ["events", "audit_entries", "audit_chain"];

/// Taken while privileges are given, so that processes that start together do so in turn.
const LOCK: i64 = 7_410_001;

/// How the application comes to its data.
#[derive(Clone, Debug)]
pub struct Access {
    url: String,
    /// What every connection becomes before it is used, where it does not sign in as that.
    role: Option<String>,
    limits: Limits,
}

/// What keeps the application from changing what is append-only, besides the triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// It signs in as a role that may not.
    OwnLogin,
    /// It signs in as the owner, and steps down to a role that may not. Whoever can run any statement in
    /// its place could step up again.
    StepsDown,
    /// Nothing: it signs in as the owner, who may not make roles.
    None,
}

impl Access {
    /// Lets the application sign in at `url` as [`APPLICATION`], which is made when it is missing and needs no
    /// password: for a server that only we can reach.
    ///
    /// # Errors
    /// When a query fails.
    pub async fn own_login(owner_url: &str, url: String) -> DbResult<Self> {
        let mut owner = connect(owner_url).await?;
        make_login(&mut owner).await?;
        grant(&mut owner, APPLICATION).await?;
        Self::checked(url, None, Limits::OwnLogin).await
    }

    /// Lets the application sign in at `url` as the role that is named there, which an operator has made.
    ///
    /// # Errors
    /// When a query fails, or nobody can sign in at either address.
    pub async fn named_login(owner_url: &str, url: String) -> DbResult<Self> {
        let role = current_role(&mut connect(&url).await?).await?;
        grant(&mut connect(owner_url).await?, &role).await?;
        Self::checked(url, None, Limits::OwnLogin).await
    }

    /// Lets the application sign in at `url`, where the owner does too, and step down to [`APPLICATION`],
    /// which is made when it is missing. Where the owner may not do that, it stays what it is.
    ///
    /// # Errors
    /// When a query fails.
    pub async fn step_down(url: String) -> DbResult<Self> {
        let mut owner = connect(&url).await?;
        // Neither is an error where it is not allowed: the attempt below tells.
        owner
            .batch_execute(&format!(
                "DO $$ BEGIN
                     IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION}') THEN
                         CREATE ROLE {APPLICATION} NOLOGIN;
                     END IF;
                 EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
                 END $$;
                 DO $$ BEGIN
                     IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
                         GRANT {APPLICATION} TO CURRENT_USER;
                     END IF;
                 EXCEPTION WHEN undefined_object OR unique_violation OR insufficient_privilege THEN NULL;
                 END $$;"
            ))
            .await?;
        if exists(&mut owner, APPLICATION).await? {
            grant(&mut owner, APPLICATION).await?;
            let role = Some(APPLICATION.to_owned());
            if connect_as(&url, role.as_deref()).await.is_ok() {
                return Self::checked(url, role, Limits::StepsDown).await;
            }
        }
        Ok(Self {
            url,
            role: None,
            limits: Limits::None,
        })
    }

    /// Where the application signs in.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What keeps it from changing what is append-only.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// A pool of at most `size` connections. Connects when first used.
    ///
    /// # Errors
    /// When the pool cannot be set up.
    pub fn pool(&self, size: usize) -> DbResult<Pool> {
        let mut config = ManagerConfig::default();
        if let Some(role) = self.role.clone() {
            config.custom_setup = Box::new(move |url| {
                let (url, role) = (url.to_owned(), role.clone());
                async move { establish_as(&url, Some(&role)).await }.boxed()
            });
        }
        let manager = AsyncDieselConnectionManager::new_with_config(&self.url, config);
        Ok(Pool::builder(manager).max_size(size).build()?)
    }

    /// Looks whether the limits hold: the role that was named may be the owner itself, or above all rules.
    async fn checked(url: String, role: Option<String>, limits: Limits) -> DbResult<Self> {
        let mut conn = connect_as(&url, role.as_deref()).await?;
        let limits = if may_rewrite(&mut conn).await? {
            Limits::None
        } else {
            limits
        };
        Ok(Self { url, role, limits })
    }
}

/// Makes [`APPLICATION`] a role that can sign in.
///
/// # Errors
/// When the query fails.
pub async fn make_login(owner: &mut Connection) -> DbResult<()> {
    // The role is the whole server's: another database's AutoPost may make it at the same moment.
    owner
        .batch_execute(&format!(
            "DO $$ BEGIN
                 IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION}') THEN
                     CREATE ROLE {APPLICATION} LOGIN;
                 ELSIF NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = '{APPLICATION}') THEN
                     ALTER ROLE {APPLICATION} LOGIN;
                 END IF;
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
             END $$"
        ))
        .await?;
    Ok(())
}

/// Gives a role what the application needs: to read and write every table, and no more than to read and add
/// to what is append-only. Nothing is written where all of it is given already, which every start asks.
///
/// # Errors
/// When a query fails.
pub async fn grant(owner: &mut Connection, role: &str) -> DbResult<()> {
    if missing(owner, role).await?.is_empty() {
        return Ok(());
    }
    owner
        .transaction(async |conn| {
            sql_query(format!("SELECT pg_advisory_xact_lock({LOCK})"))
                .execute(conn)
                .await?;
            let to = quoted(role);
            let mut sql = format!("GRANT USAGE ON SCHEMA public TO {to};");
            for Missing { name, .. } in missing(conn, role).await? {
                let table = quoted(&name);
                let given = given(&name);
                sql.push_str(&format!(
                    "REVOKE ALL ON public.{table} FROM {to}, PUBLIC; GRANT {given} ON public.{table} TO {to};"
                ));
            }
            conn.batch_execute(&sql).await?;
            Ok(())
        })
        .await
}

/// What the application may do with a table.
fn given(table: &str) -> &'static str {
    if APPEND_ONLY.contains(&table) {
        "SELECT, INSERT"
    } else if table.starts_with("__") {
        // Which migrations ran is the owner's.
        "SELECT"
    } else {
        "SELECT, INSERT, UPDATE, DELETE"
    }
}

#[derive(QueryableByName)]
struct Missing {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    has: String,
}

/// The tables where a role has not exactly what it needs. Told by what is written down about the table, which
/// is also right for roles above all rules.
async fn missing(conn: &mut Connection, role: &str) -> DbResult<Vec<Missing>> {
    let tables: Vec<Missing> = sql_query(
        "SELECT t.relname::text AS name, coalesce((
             SELECT string_agg(privilege_type, ', ' ORDER BY array_position(
                        ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], privilege_type), privilege_type)
             FROM aclexplode(t.relacl) a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = $1), '') AS has
         FROM pg_class t
         WHERE t.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p')
           AND pg_has_role(t.relowner, 'USAGE')
           AND t.relowner <> (SELECT oid FROM pg_roles WHERE rolname = $1)
         ORDER BY t.relname",
    )
    .bind::<Text, _>(role)
    .load(conn)
    .await?;
    Ok(tables
        .into_iter()
        .filter(|table| table.has != given(&table.name))
        .collect())
}

/// Whether this connection may change or delete what is append-only, or switch off what refuses that.
async fn may_rewrite(conn: &mut Connection) -> DbResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        may: bool,
    }
    let row: Row = sql_query(
        "SELECT coalesce(bool_or(
                    has_table_privilege(t.oid, 'UPDATE') OR has_table_privilege(t.oid, 'DELETE')
                    OR has_table_privilege(t.oid, 'TRUNCATE') OR pg_has_role(t.relowner, 'USAGE')), false) AS may
         FROM pg_class t
         WHERE t.relnamespace = 'public'::regnamespace AND t.relname = ANY($1)",
    )
    .bind::<diesel::sql_types::Array<Text>, _>(&APPEND_ONLY[..])
    .get_result(conn)
    .await?;
    Ok(row.may)
}

async fn exists(conn: &mut Connection, role: &str) -> DbResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    let row: Row = sql_query("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS found")
        .bind::<Text, _>(role)
        .get_result(conn)
        .await?;
    Ok(row.found)
}

async fn current_role(conn: &mut Connection) -> DbResult<String> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let row: Row = sql_query("SELECT current_user::text AS name")
        .get_result(conn)
        .await?;
    Ok(row.name)
}

async fn connect(url: &str) -> DbResult<Connection> {
    connect_as(url, None).await
}

async fn connect_as(url: &str, role: Option<&str>) -> DbResult<Connection> {
    establish_as(url, role).await.map_err(DbError::Connect)
}

async fn establish_as(url: &str, role: Option<&str>) -> diesel::ConnectionResult<Connection> {
    let mut conn = Connection::establish(url).await?;
    if let Some(role) = role {
        conn.batch_execute(&format!("SET ROLE {}", quoted(role)))
            .await
            .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    }
    Ok(conn)
}

/// A name as it stands in SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
