-- Two roles and the database, made once by the superuser on an empty server:
-- the owner migrates, the application works. Neither is a superuser, and only the owner may alter tables;
-- what exactly the application may do is said after each migration by `manage.py database_roles`.
-- psql reads the passwords from the environment, so that they stand in no file and no list of processes.
\getenv owner_password OWNER_PASSWORD
\getenv application_password APPLICATION_PASSWORD
CREATE ROLE tripartite_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE tripartite LOGIN PASSWORD :'application_password';
CREATE DATABASE tripartite OWNER tripartite_owner TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE tripartite FROM PUBLIC;
GRANT CONNECT ON DATABASE tripartite TO tripartite;
